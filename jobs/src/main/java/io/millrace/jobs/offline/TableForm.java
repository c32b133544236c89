package io.millrace.jobs.offline;

import io.millrace.offline.EvolvedColumns;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.OfflineSpec.Content;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.flink.FlinkSchemaUtil;

/** A table's layout in Iceberg's words. */
final class TableForm {
  private TableForm() {}

  /**
   * The table's schema.
   *
   * @param evolved further columns, which come last
   */
  static Schema schema(TableLayout layout, EvolvedColumns evolved) {
    List<RowType.RowField> fields = new ArrayList<>();
    boolean identifiable = identifiable(layout);
    for (RowType.RowField field : layout.columns().getFields()) {
      boolean key = identifiable && layout.key().contains(field.getName());
      fields.add(new RowType.RowField(field.getName(), field.getType().copy(!key)));
    }
    evolved.columns().forEach(it -> fields.add(new RowType.RowField(it.name(), it.type())));
    ResolvedSchema columns = FlinkSchemaUtil.toResolvedSchema(new RowType(false, fields));
    return FlinkSchemaUtil.convert(
        identifiable
            ? new ResolvedSchema(
                columns.getColumns(),
                List.of(),
                UniqueConstraint.primaryKey("key", layout.key()),
                List.of())
            : columns);
  }

  /** Iceberg does not let floating numbers identify a row, though it can delete by them. */
  private static boolean identifiable(TableLayout layout) {
    return !layout.key().isEmpty()
        && layout.key().stream().map(layout::position).noneMatch(it -> isFloating(layout, it));
  }

  private static boolean isFloating(TableLayout layout, int position) {
    LogicalType type = layout.columns().getTypeAt(position);
    return type.is(LogicalTypeRoot.FLOAT) || type.is(LogicalTypeRoot.DOUBLE);
  }

  /**
   * Histories by day of event time. The rows as they are now are not parted: a deletion by key
   * reaches its own part only, and a row's event time moves with every change.
   */
  static PartitionSpec partitions(TableLayout layout, Schema schema) {
    return layout.table().content() == Content.STATE
        ? PartitionSpec.unpartitioned()
        : PartitionSpec.builderFor(schema).day(TableLayout.EVENT_TIME).build();
  }

  /**
   * Properties that let files say between which values their rows lie, also where a table has so
   * many columns that not all are looked at.
   */
  static Map<String, String> bounds(TableLayout layout) {
    Map<String, String> properties = new HashMap<>();
    for (String column :
        List.of(TableLayout.EVENT_TIME, TableLayout.PARTITION, TableLayout.OFFSET)) {
      if (layout.columns().getFieldIndex(column) >= 0) {
        properties.put(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + column, "full");
      }
    }
    return properties;
  }

  /** Properties of a new table. */
  static Map<String, String> properties(TableLayout layout) {
    Map<String, String> properties = new HashMap<>();
    properties.put(TableProperties.FORMAT_VERSION, "2");
    properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
    // Every commit writes a metadata file; all but the last few are of no use.
    properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
    properties.put(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20");
    properties.putAll(bounds(layout));
    properties.put("millrace.content", layout.table().content().name().toLowerCase(Locale.ROOT));
    properties.put("millrace.of", layout.table().owner());
    return properties;
  }
}
