package io.millrace.sql.topics;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.CatalogTable;

/**
 * A table of Kafka's connector together with the readers of its records, which options cannot
 * carry. It exists only while a source is put together, and is never stored.
 *
 * @param key reader of keys; empty for tables without
 */
public record TopicTable(CatalogTable table, Optional<TopicRows> key, TopicRows value)
    implements CatalogTable {

  @Override
  public boolean isPartitioned() {
    return table.isPartitioned();
  }

  @Override
  public List<String> getPartitionKeys() {
    return table.getPartitionKeys();
  }

  @Override
  public CatalogTable copy(Map<String, String> options) {
    return new TopicTable(table.copy(options), key, value);
  }

  @Override
  public Map<String, String> getOptions() {
    return table.getOptions();
  }

  @Override
  public Schema getUnresolvedSchema() {
    return table.getUnresolvedSchema();
  }

  @Override
  public String getComment() {
    return table.getComment();
  }

  @Override
  public CatalogBaseTable copy() {
    return this;
  }

  @Override
  public Optional<String> getDescription() {
    return table.getDescription();
  }

  @Override
  public Optional<String> getDetailedDescription() {
    return table.getDetailedDescription();
  }
}
