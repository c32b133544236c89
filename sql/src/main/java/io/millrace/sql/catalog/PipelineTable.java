package io.millrace.sql.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * A table of the catalog.
 *
 * @param comment for {@code SHOW CREATE TABLE}
 * @param shown options that everybody may see
 */
record PipelineTable(Schema schema, String comment, Map<String, String> shown, Reading reading) {

  /** The connector that {@code SHOW CREATE TABLE} names; it is none that can be written to. */
  static final String CONNECTOR = "millrace";

  PipelineTable {
    shown = new LinkedHashMap<>(shown);
  }

  /** As planners and people see it: without addresses and secrets. */
  CatalogTable toCatalogTable() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put(FactoryUtil.CONNECTOR.key(), CONNECTOR);
    options.putAll(shown);
    return CatalogTable.newBuilder().schema(schema).comment(comment).options(options).build();
  }
}
