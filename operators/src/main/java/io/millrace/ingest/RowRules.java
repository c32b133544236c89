package io.millrace.ingest;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.table.data.RowData;

/**
 * Quality rules that look at one row, checked after it was decoded. The {@code quality} policy
 * decides what a broken one means.
 */
@FunctionalInterface
public interface RowRules extends Serializable {

  /** No rules. */
  RowRules NONE = row -> List.of();

  /** The rules that the row breaks; none for most rows, so an empty list should be cheap. */
  List<Broken> check(RowData row);

  /**
   * A broken rule.
   *
   * @param field path of the field it is about; empty for the row as a whole
   * @param rule its name
   * @param expected what it asks for
   * @param sample JSON text of the value, empty when it must not be shown
   */
  record Broken(String field, String rule, String expected, String sample) {}
}
