package io.millrace.jobs.sources;

import static io.millrace.records.DeadLetterReason.MISSING_FIELD;

import io.millrace.ingest.Decoding;
import io.millrace.ingest.DecodingException;
import io.millrace.ingest.Deviation.Outcome;
import io.millrace.ingest.DriftLedger;
import io.millrace.ingest.Guard;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetterReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Field;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads the image of a table's row into a row of the contract. Columns are found by name; columns
 * that the contract does not know follow the policies of the source. NOT thread safe.
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
  private final Guard.Settings settings;
  private final ColumnNames names;
  private final DriftLedger ledger;

  private Schema schema;
  private Field[] columns;
  private List<Field> newColumns = List.of();

  /**
   * @param settings of the source
   * @param table to tell renamed columns
   * @throws IllegalArgumentException if a table cannot deliver one of the types
   */
  ConnectRow(Guard.Settings settings, TableColumns table) {
    RowType rows = settings.intake().rowType();
    this.settings = settings;
    this.type = withoutEvolved(rows);
    this.arity = rows.getFieldCount();
    this.values =
        type.getFields().stream()
            .map(field -> new ConnectValue(field.getName(), field.getType()))
            .toArray(ConnectValue[]::new);
    this.names = new ColumnNames(settings, type.getFieldNames(), table);
    this.ledger = new DriftLedger(settings.drift(), settings.pii());
  }

  /**
   * @param earlier the row before the update, or null
   */
  Decoding read(Struct image, Struct earlier) {
    ledger.clear();
    if (image.schema() != schema) {
      bind(image.schema());
    }
    GenericRowData row = new GenericRowData(arity);
    for (int i = 0; i < values.length; i++) {
      String name = type.getFieldNames().get(i);
      if (columns[i] == null && !type.getTypeAt(i).isNullable()) {
        missing(name);
        continue;
      }
      try {
        row.setField(i, value(i, image, earlier));
      } catch (DecodingException e) {
        return e.inField(name).problem();
      }
    }
    Map<StringData, StringData> carried = new LinkedHashMap<>();
    for (Field column : newColumns) {
      Object value = value(column, image, earlier);
      if (value != null) {
        beside(column.name(), ConnectJson.text(value), carried);
      }
    }
    if (!carried.isEmpty()) {
      row.setField(arity - 1, new GenericMapData(carried));
    }
    names.tellRenames(ledger);
    return ledger.isClean()
        ? new Decoding.Row(row, newColumns.size())
        : new Decoding.Drifted(
            row, ledger.outcome(), ledger.problem(), ledger.deviations(), List.of());
  }

  private void missing(String name) {
    String message = "the table has no such column";
    ledger.record(
        new DriftLedger.Finding(
            Kind.MISSING_FIELD,
            name,
            "absent",
            "a column",
            "",
            new DriftLedger.Finding.Problem(MISSING_FIELD, name, message)),
        DriftLedger.strict(settings.drift().policy(Kind.MISSING_FIELD, name), false));
  }

  /** Decides about a column that the contract does not have. */
  private void beside(String column, String json, Map<StringData, StringData> carried) {
    Policy policy = settings.drift().policy(Kind.NEW_FIELD, column);
    boolean carry =
        policy == Policy.EVOLVE
            && arity > values.length
            && settings.screen().mayCarry(column, json);
    Outcome outcome =
        carry
            ? Outcome.CARRIED
            : policy == Policy.EVOLVE ? Outcome.IGNORED : DriftLedger.strict(policy, true);
    if (policy == Policy.IGNORE) {
      return; // counted with the row
    }
    Outcome real =
        ledger.record(
            new DriftLedger.Finding(
                Kind.NEW_FIELD,
                column,
                "a new column",
                "none",
                json,
                new DriftLedger.Finding.Problem(
                    DeadLetterReason.UNKNOWN_FIELD, column, "the contract has no such field")),
            outcome);
    if (real == Outcome.CARRIED) {
      carried.put(StringData.fromString(column), StringData.fromString(json));
    }
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
    Object value = column == null ? null : value(column, image, earlier);
    if (value != null) {
      return values[position].convert(value, column.schema());
    }
    if (!type.getTypeAt(position).isNullable()) {
      throw new DecodingException(MISSING_FIELD, "null where a value is required");
    }
    return null;
  }

  private static Object value(Field column, Struct image, Struct earlier) {
    Object value = image.getWithoutDefault(column.name());
    return value != null && earlier != null && isUnavailable(value)
        ? earlier.getWithoutDefault(column.name())
        : value;
  }

  private void bind(Schema tableSchema) {
    schema = tableSchema;
    columns = names.bind(tableSchema);
    List<Field> known = Arrays.asList(columns);
    newColumns = tableSchema.fields().stream().filter(it -> !known.contains(it)).toList();
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
