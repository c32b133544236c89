package io.millrace.jobs.offline;

import io.millrace.offline.StoredRow;
import io.millrace.offline.StoredRowTypeInfo;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.OfflineSpec;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.sink.dynamic.DynamicIcebergSink;
import org.apache.iceberg.flink.sink.dynamic.TableCreator;

/**
 * Writes history tables, each row exactly once: files are closed with a checkpoint and become part
 * of the table when it is complete, in one commit per table and checkpoint. A commit says which
 * checkpoint of which job it holds, so that a commit is not repeated after a failure.
 *
 * <p>One sink serves all tables, so that a job has the same few operators however many it has.
 */
public final class OfflineSink {
  private OfflineSink() {}

  /**
   * Adds the sink to a job.
   *
   * @param rows of a {@link StoredRowTypeInfo}; those of equal route come in order, if they come
   *     from one subtask
   * @param uidPrefix of the sink's operators, which is also that of their names
   */
  public static void write(
      DataStream<StoredRow> rows, OfflineSpec spec, String pipeline, String uidPrefix) {
    StoredRowTypeInfo tables = (StoredRowTypeInfo) rows.getType();
    int parallelism = rows.getExecutionEnvironment().getParallelism();
    CatalogLoader catalog = OfflineCatalog.loader(spec);
    DynamicIcebergSink.forInput(rows)
        .generator(new RecordsOfTables(catalog, pipeline, tables.tables(), parallelism))
        .catalogLoader(catalog)
        .tableCreator(new Creator(tables, pipeline))
        .immediateTableUpdate(true)
        .cacheMaxSize(tables.tables().size() + 100)
        .uidPrefix(uidPrefix)
        .append();
  }

  /** Makes a table that was removed while the job ran. */
  private static final class Creator implements TableCreator {
    private static final long serialVersionUID = 1L;

    private final Map<String, Map<String, String>> properties = new HashMap<>();

    Creator(StoredRowTypeInfo tables, String pipeline) {
      for (TableLayout layout : tables.tables()) {
        properties.put(
            OfflineCatalog.identifier(pipeline, layout.table().name()).toString(),
            TableForm.properties(layout));
      }
    }

    @Override
    public Table createTable(
        Catalog catalog, TableIdentifier identifier, Schema schema, PartitionSpec partitions) {
      return catalog.createTable(
          identifier, schema, partitions, properties.getOrDefault(identifier.toString(), Map.of()));
    }
  }
}
