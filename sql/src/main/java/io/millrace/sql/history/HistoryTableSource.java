package io.millrace.sql.history;

import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Secret;
import io.millrace.sql.topics.RowMask;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.TableLoader;
import org.apache.iceberg.flink.source.IcebergTableSource;

/**
 * A history table, read by Iceberg's own source, and masked behind it. Needs Iceberg and Hadoop's
 * client in Flink's lib folder.
 *
 * @param read Iceberg's source
 * @param shown type of the rows after the mask
 */
public record HistoryTableSource(ScanTableSource read, RowType shown, RowMask mask, String name)
    implements ScanTableSource {

  /** Properties that begin with this are Hadoop's. */
  private static final String HADOOP_PREFIX = "hadoop.";

  /**
   * The source of a table; Iceberg's own where nothing is masked, so that filters and columns are
   * pushed down into files.
   *
   * @param table its name within the pipeline's namespace
   * @param columns as they are read
   * @throws ValidationException if the table is not there yet
   */
  public static ScanTableSource of(
      OfflineSpec spec,
      String pipeline,
      String table,
      ResolvedSchema columns,
      RowType shown,
      RowMask mask,
      ReadableConfig configuration) {
    TableLoader loader =
        TableLoader.fromCatalog(catalog(spec), TableIdentifier.of(Namespace.of(pipeline), table));
    requireTable(loader, pipeline + "." + table, spec.warehouse());
    ScanTableSource read = new IcebergTableSource(loader, columns, new HashMap<>(), configuration);
    return mask.keepsAll() ? read : new HistoryTableSource(read, shown, mask, table);
  }

  private static void requireTable(TableLoader loader, String name, String warehouse) {
    try (loader) {
      loader.open();
      loader.loadTable();
    } catch (NoSuchTableException missing) {
      throw new ValidationException(
          "history table %s is not in %s yet: it is made when its pipeline's job starts with 'offline'"
              .formatted(name, warehouse),
          missing);
    } catch (java.io.IOException failure) {
      throw new ValidationException(
          "history table %s in %s cannot be read".formatted(name, warehouse), failure);
    }
  }

  private static CatalogLoader catalog(OfflineSpec spec) {
    Map<String, String> properties = new HashMap<>();
    Configuration hadoop = new Configuration();
    for (Map.Entry<String, Secret> property : spec.properties().entrySet()) {
      if (property.getKey().startsWith(HADOOP_PREFIX)) {
        hadoop.set(
            property.getKey().substring(HADOOP_PREFIX.length()), property.getValue().value());
      } else {
        properties.put(property.getKey(), property.getValue().value());
      }
    }
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, spec.warehouse());
    properties.put(CatalogProperties.CACHE_ENABLED, "false");
    spec.uri().ifPresent(uri -> properties.put(CatalogProperties.URI, uri.value()));
    return CatalogLoader.custom(
        "millrace",
        properties,
        hadoop,
        switch (spec.catalog()) {
          case HADOOP -> "org.apache.iceberg.hadoop.HadoopCatalog";
          case JDBC -> "org.apache.iceberg.jdbc.JdbcCatalog";
          case REST -> "org.apache.iceberg.rest.RESTCatalog";
        });
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return read.getChangelogMode();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    DataStreamScanProvider unmasked = (DataStreamScanProvider) read.getScanRuntimeProvider(context);
    return new DataStreamScanProvider() {
      @Override
      public DataStream<RowData> produceDataStream(
          ProviderContext provider, StreamExecutionEnvironment env) {
        var masked =
            unmasked
                .produceDataStream(provider, env)
                .map(mask::apply)
                .returns(InternalTypeInfo.of(shown));
        provider.generateUid("masked").ifPresent(masked::uid);
        return masked;
      }

      @Override
      public boolean isBounded() {
        return unmasked.isBounded();
      }
    };
  }

  @Override
  public DynamicTableSource copy() {
    return new HistoryTableSource((ScanTableSource) read.copy(), shown, mask, name);
  }

  @Override
  public String asSummaryString() {
    return name;
  }
}
