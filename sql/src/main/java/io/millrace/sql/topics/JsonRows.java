package io.millrace.sql.topics;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.common.TimestampFormat;
import org.apache.flink.formats.json.JsonRowDataDeserializationSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/**
 * JSON objects of Millrace's own topics as rows, with their inner objects laid flat. Fields that an
 * object does not have are null, unknown ones are passed over, so that older and newer writers can
 * be read; what is no JSON object is no row.
 *
 * <p>Times are ISO-8601, bytes base64, as all codecs of Millrace write them.
 */
public final class JsonRows implements TopicRows {
  private static final long serialVersionUID = 1L;

  private final RowType json;
  private final List<Column> columns;
  private final List<Condition> conditions;
  private final RowMask mask;
  private transient JsonRowDataDeserializationSchema parser;
  private transient Flat flat;

  /**
   * A column of the rows.
   *
   * @param path positions in the JSON type: one, or two for a field of an inner object
   */
  public record Column(List<Integer> path, LogicalType type) implements Serializable {
    public Column {
      path = List.copyOf(path);
    }
  }

  /**
   * Only objects of which a text is one of some values are rows.
   *
   * @param position in the JSON type
   */
  public record Condition(int position, Set<String> values) implements Serializable {
    public Condition {
      values = Set.copyOf(values);
    }
  }

  /**
   * @param json type of the objects
   * @param columns of the rows; a row that lacks a value for a NOT NULL column is left out
   * @param mask over the columns
   */
  public JsonRows(RowType json, List<Column> columns, List<Condition> conditions, RowMask mask) {
    this.json = json;
    this.columns = List.copyOf(columns);
    this.conditions = List.copyOf(conditions);
    this.mask = mask;
  }

  @Override
  public void open() {
    TypeInformation<RowData> type = InternalTypeInfo.of(json);
    parser =
        new JsonRowDataDeserializationSchema(json, type, false, true, TimestampFormat.ISO_8601);
    try {
      parser.open(null);
    } catch (Exception failure) {
      throw new IllegalStateException("a parser of JSON opens nothing", failure);
    }
    flat = new Flat();
  }

  @Override
  public void read(byte[] bytes, Collector<RowData> out) {
    if (bytes == null) {
      return;
    }
    flat.out = out;
    try {
      parser.deserialize(bytes, flat);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Lays rows flat on their way. */
  private final class Flat implements Collector<RowData> {
    private final RowData.FieldGetter[] outer = new RowData.FieldGetter[columns.size()];
    private final RowData.FieldGetter[] inner = new RowData.FieldGetter[columns.size()];
    private Collector<RowData> out;

    Flat() {
      for (int i = 0; i < outer.length; i++) {
        List<Integer> path = columns.get(i).path();
        LogicalType type = json.getTypeAt(path.get(0));
        outer[i] = RowData.createFieldGetter(type.copy(true), path.get(0));
        if (path.size() > 1) {
          LogicalType nested = ((RowType) type).getTypeAt(path.get(1));
          inner[i] = RowData.createFieldGetter(nested.copy(true), path.get(1));
        }
      }
    }

    @Override
    public void collect(RowData object) {
      for (Condition condition : conditions) {
        int at = condition.position();
        if (object.isNullAt(at) || !condition.values().contains(object.getString(at).toString())) {
          return;
        }
      }
      GenericRowData row = new GenericRowData(outer.length);
      for (int i = 0; i < outer.length; i++) {
        Object value = outer[i].getFieldOrNull(object);
        if (value != null && inner[i] != null) {
          value = inner[i].getFieldOrNull((RowData) value);
        }
        if (value == null && !columns.get(i).type().isNullable()) {
          return;
        }
        row.setField(i, value);
      }
      out.collect(mask.apply(row));
    }

    @Override
    public void close() {}
  }
}
