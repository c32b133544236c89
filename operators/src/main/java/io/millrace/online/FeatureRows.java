package io.millrace.online;

import io.millrace.records.FeatureSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.types.logical.RowType;

/** Stored features as rows, and the entities of rows as {@link FeatureReader} takes them. */
public final class FeatureRows implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Column of {@link StoredFeatures#eventTime}, a TIMESTAMP_LTZ. */
  public static final String EVENT_TIME = "_event_time";

  /** Column of {@link StoredFeatures#revision}, a BIGINT. */
  public static final String REVISION = "_revision";

  private static final int OF_EVENT_TIME = -1;
  private static final int OF_REVISION = -2;

  private final RowType type;

  /**
   * Of each column its place among the entity's fields followed by the features, or one of the
   * constants above.
   */
  private final int[] places;

  private final List<JavaValues.Getter> entity;
  private final int[] entityFields;

  /**
   * @param type of rows: columns are entity fields and features by name, {@value #EVENT_TIME} and
   *     {@value #REVISION}
   * @param entityFields places of the entity's fields, in the view's order, in the rows given to
   *     {@link #entity}
   * @throws IllegalArgumentException for a type that the online store cannot hold
   */
  public FeatureRows(FeatureSchema schema, RowType type, int[] entityFields) {
    this.type = type;
    places = type.getFieldNames().stream().mapToInt(name -> place(schema, name)).toArray();
    this.entityFields = entityFields.clone();
    entity = JavaValues.getters("view " + schema.view(), schema.entity());
  }

  private static int place(FeatureSchema schema, String name) {
    int feature = schema.values().getFieldIndex(name);
    int field = schema.entity().getFieldIndex(name);
    if (name.equals(EVENT_TIME)) {
      return OF_EVENT_TIME;
    }
    if (name.equals(REVISION)) {
      return OF_REVISION;
    }
    if (feature < 0 && field < 0) {
      throw new IllegalArgumentException(
          "view %s has neither an entity field nor a feature %s".formatted(schema.view(), name));
    }
    return feature < 0 ? field : schema.entity().getFieldCount() + feature;
  }

  /** The entity that a row names; null when one of its fields is null. */
  public List<Object> entity(RowData row) {
    RowData named = ProjectedRowData.from(entityFields).replaceRow(row);
    List<Object> values = new ArrayList<>(entity.size());
    for (JavaValues.Getter getter : entity) {
      Object value = getter.get(named);
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return values;
  }

  /** The features as a row. */
  public RowData row(StoredFeatures stored) {
    return row(
        new ArrayList<>(stored.entity().values()),
        new StoredValues(
            stored.values().values().toArray(), stored.eventTime(), stored.revision()));
  }

  /** As above, from what the names were not yet given to. */
  RowData row(List<?> entityValues, StoredValues stored) {
    GenericRowData row = new GenericRowData(places.length);
    for (int i = 0; i < places.length; i++) {
      int place = places[i];
      Object value =
          switch (place) {
            case OF_EVENT_TIME -> stored.eventTime();
            case OF_REVISION -> stored.revision();
            default ->
                place < entityValues.size()
                    ? entityValues.get(place)
                    : stored.values()[place - entityValues.size()];
          };
      row.setField(i, JavaValues.internal(type.getTypeAt(i), value));
    }
    return row;
  }
}
