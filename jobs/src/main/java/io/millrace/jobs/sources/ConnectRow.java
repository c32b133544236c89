package io.millrace.jobs.sources;

import static io.millrace.records.DeadLetterReason.MISSING_FIELD;

import io.millrace.ingest.Decoding;
import io.millrace.ingest.DecodingException;
import io.millrace.pipeline.Source;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Field;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads the image of a table's row into a row of the contract. Columns are found by name; columns
 * that the contract does not know are counted and passed over. NOT thread safe.
 */
final class ConnectRow {

  /**
   * Stands where the database left out a large value that the update did not touch (TOAST). The
   * value is then the one of the row before.
   */
  static final String UNAVAILABLE = "__millrace_unchanged_toast_value";

  private static final ByteBuffer UNAVAILABLE_BYTES =
      ByteBuffer.wrap(UNAVAILABLE.getBytes(StandardCharsets.UTF_8));

  private final RowType type;
  private final int arity;
  private final ConnectValue[] values;

  private Schema schema;
  private Field[] columns;
  private int unknownColumns;

  /**
   * @param rows type of the source's rows
   * @throws IllegalArgumentException if a table cannot deliver one of the types
   */
  ConnectRow(RowType rows) {
    this.type = withoutEvolved(rows);
    this.arity = rows.getFieldCount();
    this.values =
        type.getFields().stream()
            .map(field -> new ConnectValue(field.getName(), field.getType()))
            .toArray(ConnectValue[]::new);
  }

  /**
   * @param earlier the row before the update, or null
   */
  Decoding read(Struct image, Struct earlier) {
    if (image.schema() != schema) {
      bind(image.schema());
    }
    GenericRowData row = new GenericRowData(arity);
    for (int i = 0; i < values.length; i++) {
      try {
        row.setField(i, value(i, image, earlier));
      } catch (DecodingException e) {
        return e.inField(type.getFieldNames().get(i)).problem();
      }
    }
    return new Decoding.Row(row, unknownColumns);
  }

  /** The columns of the contract. */
  private static RowType withoutEvolved(RowType rows) {
    int fields = rows.getFieldCount();
    return rows.getFieldNames().get(fields - 1).equals(Source.EVOLVED_COLUMN)
        ? new RowType(rows.isNullable(), rows.getFields().subList(0, fields - 1))
        : rows;
  }

  private Object value(int position, Struct image, Struct earlier) {
    Field column = columns[position];
    Object value = column == null ? null : image.getWithoutDefault(column.name());
    if (value != null && earlier != null && isUnavailable(value)) {
      value = earlier.getWithoutDefault(column.name());
    }
    if (value != null) {
      return values[position].convert(value, column.schema());
    }
    if (!type.getTypeAt(position).isNullable()) {
      throw new DecodingException(
          MISSING_FIELD,
          column == null ? "the table has no such column" : "null where a value is required");
    }
    return null;
  }

  private void bind(Schema tableSchema) {
    schema = tableSchema;
    List<String> names = type.getFieldNames();
    columns = new Field[values.length];
    int known = 0;
    for (int i = 0; i < columns.length; i++) {
      columns[i] = tableSchema.field(names.get(i));
      known += columns[i] == null ? 0 : 1;
    }
    unknownColumns = tableSchema.fields().size() - known;
  }

  private static boolean isUnavailable(Object value) {
    return value instanceof String text
        ? text.equals(UNAVAILABLE)
        : value instanceof ByteBuffer bytes
            ? bytes.equals(UNAVAILABLE_BYTES)
            : value instanceof List<?> list
                && list.size() == 1
                && list.get(0) != null
                && isUnavailable(list.get(0));
  }
}
