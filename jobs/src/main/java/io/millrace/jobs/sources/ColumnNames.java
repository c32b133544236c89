package io.millrace.jobs.sources;

import io.millrace.ingest.Deviation.Outcome;
import io.millrace.ingest.DriftLedger;
import io.millrace.ingest.Guard;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.records.DeadLetterReason;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Field;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which column of a table holds which field of the contract: by name, by alias, or because the
 * database says that the column was renamed. Such a rename is applied at once, unless the policy is
 * {@code ignore}: were it to wait for a person, rows would be taken out of features by values that
 * were never put in. NOT thread safe.
 */
final class ColumnNames {

  private static final Logger LOG = LoggerFactory.getLogger(ColumnNames.class);

  private final Guard.Settings settings;
  private final List<String> fields;
  private final TableColumns table;
  private final Map<String, String> renamed = new LinkedHashMap<>();
  private final Map<String, String> untold = new LinkedHashMap<>();
  private Map<String, Integer> numbers;

  ColumnNames(Guard.Settings settings, List<String> fields, TableColumns table) {
    this.settings = settings;
    this.fields = fields;
    this.table = table;
  }

  /** The column of each field; null where there is none. */
  Field[] bind(Schema schema) {
    Field[] columns = new Field[fields.size()];
    boolean complete = true;
    for (int i = 0; i < columns.length; i++) {
      columns[i] = column(fields.get(i), schema);
      complete &= columns[i] != null;
    }
    if (numbers == null || !complete) {
      Map<String, Integer> now = numbers();
      if (numbers != null && !complete) {
        findRenames(schema, now);
        for (int i = 0; i < columns.length; i++) {
          columns[i] = column(fields.get(i), schema);
        }
      }
      numbers = numbers == null ? now : merged(now);
    }
    return columns;
  }

  private Field column(String field, Schema schema) {
    Field column = schema.field(field);
    if (column != null) {
      return column;
    }
    for (Map.Entry<String, String> alias : settings.aliases().entrySet()) {
      if (alias.getValue().equals(field) && schema.field(alias.getKey()) != null) {
        return schema.field(alias.getKey());
      }
    }
    String other = renamed.get(field);
    return other == null ? null : schema.field(other);
  }

  private void findRenames(Schema schema, Map<String, Integer> now) {
    for (String field : fields) {
      Integer number = numbers.get(field);
      if (column(field, schema) != null
          || number == null
          || settings.drift().policy(Kind.RENAME, field) == Policy.IGNORE) {
        continue;
      }
      now.forEach(
          (column, itsNumber) -> {
            if (itsNumber.equals(number) && schema.field(column) != null) {
              renamed.put(field, column);
              untold.put(column, field);
              LOG.info("Column {} was renamed to {}", field, column);
            }
          });
    }
  }

  /** Numbers of columns that were seen before stay known under their old names. */
  private Map<String, Integer> merged(Map<String, Integer> now) {
    Map<String, Integer> all = new HashMap<>(now);
    numbers.forEach(all::putIfAbsent);
    return all;
  }

  private Map<String, Integer> numbers() {
    try {
      return table.numbers();
    } catch (SQLException unavailable) {
      LOG.warn(
          "The columns of the table cannot be asked for, so that a renamed one is taken for a"
              + " new one: {}",
          unavailable.getMessage());
      return Map.of();
    }
  }

  /** Reports each rename once, with the first row that has it. */
  void tellRenames(DriftLedger ledger) {
    untold.forEach(
        (column, field) ->
            ledger.record(
                new DriftLedger.Finding(
                    Kind.RENAME,
                    column,
                    "renamed",
                    field,
                    "",
                    new DriftLedger.Finding.Problem(
                        DeadLetterReason.MISSING_FIELD, field, "renamed to " + column)),
                Outcome.ADAPTED));
    untold.clear();
  }
}
