package io.millrace.online;

import io.millrace.records.FeatureSchema;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Stored features as rows, and the entities of rows as {@link FeatureReader} takes them. */
public final class FeatureRows implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Column of {@link StoredFeatures#eventTime}, a TIMESTAMP_LTZ. */
  public static final String EVENT_TIME = "_event_time";

  /** Column of {@link StoredFeatures#revision}, a BIGINT. */
  public static final String REVISION = "_revision";

  private final RowType type;
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
    this.entityFields = entityFields.clone();
    entity = JavaValues.getters("view " + schema.view(), schema.entity());
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
    GenericRowData row = new GenericRowData(type.getFieldCount());
    for (int i = 0; i < row.getArity(); i++) {
      String name = type.getFieldNames().get(i);
      Object value =
          switch (name) {
            case EVENT_TIME -> stored.eventTime();
            case REVISION -> stored.revision();
            default ->
                stored.values().containsKey(name)
                    ? stored.values().get(name)
                    : stored.entity().get(name);
          };
      row.setField(i, value == null ? null : internal(type.getTypeAt(i), value));
    }
    return row;
  }

  /** The inverse of {@link JavaValues#getters}. */
  private static Object internal(LogicalType type, Object value) {
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> StringData.fromString((String) value);
      case DECIMAL ->
          DecimalData.fromBigDecimal(
              (BigDecimal) value,
              ((DecimalType) type).getPrecision(),
              ((DecimalType) type).getScale());
      case DATE -> (int) ((LocalDate) value).toEpochDay();
      case TIME_WITHOUT_TIME_ZONE -> (int) (((LocalTime) value).toNanoOfDay() / 1_000_000L);
      case TIMESTAMP_WITHOUT_TIME_ZONE -> TimestampData.fromLocalDateTime((LocalDateTime) value);
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> TimestampData.fromInstant((Instant) value);
      case ARRAY -> {
        LogicalType element = ((ArrayType) type).getElementType();
        yield new GenericArrayData(
            ((List<?>) value)
                .stream().map(each -> each == null ? null : internal(element, each)).toArray());
      }
      default -> value;
    };
  }
}
