package io.millrace.jobs.sources;

import io.millrace.contract.Contract;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.cdc.connectors.base.config.JdbcSourceConfig;
import org.apache.flink.cdc.connectors.base.options.StartupOptions;
import org.apache.flink.cdc.connectors.base.relational.connection.JdbcConnectionPoolFactory;
import org.apache.flink.cdc.connectors.base.source.reader.external.JdbcSourceFetchTaskContext;
import org.apache.flink.cdc.connectors.postgres.source.PostgresConnectionPoolFactory;
import org.apache.flink.cdc.connectors.postgres.source.PostgresDialect;
import org.apache.flink.cdc.connectors.postgres.source.PostgresSourceBuilder.PostgresIncrementalSource;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfig;
import org.apache.flink.cdc.connectors.postgres.source.config.PostgresSourceConfigFactory;
import org.apache.flink.cdc.connectors.postgres.source.offset.PostgresOffsetFactory;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Reading a Postgres table: a snapshot in chunks of the primary key, without locks, then its
 * changes from the logical replication slot.
 *
 * <p>The slot belongs to the source: it is created when the job first starts and outlives it,
 * because a savepoint refers to it. While it exists the database keeps the log; drop it with {@code
 * pg_drop_replication_slot} when a pipeline is given up. The publication has the slot's name and
 * holds this table alone.
 */
final class PostgresTable {

  private static final String DECODING_PLUGIN = "pgoutput";

  /** Prefix of Debezium's properties that go to the JDBC driver. */
  private static final String DRIVER_PREFIX = "database.";

  private PostgresTable() {}

  static PostgresIncrementalSource<Ingested> source(Source source, PostgresOrigin origin) {
    PostgresSourceConfigFactory config = new PostgresSourceConfigFactory();
    config.hostname(origin.host());
    config.port(origin.port());
    config.database(origin.database());
    config.schemaList(new String[] {literally(origin.schema())});
    config.tableList(literally(origin.schema()) + "\\." + literally(origin.table()));
    config.username(origin.username());
    config.password(origin.password().value());
    config.slotName(origin.slot());
    config.decodingPluginName(DECODING_PLUGIN);
    config.startupOptions(StartupOptions.initial());
    config.debeziumProperties(debezium(source, origin));
    return new PostgresIncrementalSource<>(
        config,
        new ChangeReader(
            SourceGuard.settings(source), source.contract().primaryKey(), TableColumns.of(origin)),
        new PostgresOffsetFactory(),
        new Dialect(config.create(0), driverProperties(origin)));
  }

  private static Properties debezium(Source source, PostgresOrigin origin) {
    Properties properties = new Properties();
    // Debezium's default name is shared by all sources of a database, and each would take the
    // others' tables out of it.
    properties.setProperty("publication.name", origin.slot());
    properties.setProperty("publication.autocreate.mode", "filtered");
    properties.setProperty("tombstones.on.delete", "false");
    // A truncated table must be heard of, see ChangeReader.
    properties.setProperty("truncate.handling.mode", "include");
    // As numbers, NaN would silently become null. A numeric key has to be a number, though:
    // chunks of the snapshot are cut by comparing keys.
    properties.setProperty(
        "decimal.handling.mode", hasDecimalKey(source.contract()) ? "precise" : "string");
    properties.setProperty("unavailable.value.placeholder", ConnectRow.UNAVAILABLE);
    origin.properties().forEach((name, secret) -> properties.setProperty(name, secret.value()));
    return properties;
  }

  private static boolean hasDecimalKey(Contract contract) {
    return contract.fields().stream()
        .anyMatch(field -> field.primaryKey() && field.type().is(LogicalTypeRoot.DECIMAL));
  }

  /**
   * What the pipeline sets for the JDBC driver, such as {@code sslmode}, under the driver's names.
   */
  static Map<String, String> driverProperties(PostgresOrigin origin) {
    Map<String, String> properties = new LinkedHashMap<>();
    origin
        .properties()
        .forEach(
            (name, secret) -> {
              if (name.startsWith(DRIVER_PREFIX)) {
                properties.put(name.substring(DRIVER_PREFIX.length()), secret.value());
              }
            });
    return properties;
  }

  /** Names stand in lists of regular expressions. */
  private static String literally(String name) {
    return name.replaceAll("([^A-Za-z0-9_])", "\\\\$1");
  }

  /**
   * The connector hands the driver's properties to the connections that it reads rows and the log
   * by, but not to the pool by which it looks for tables and cuts the snapshot into chunks; without
   * them {@code sslmode=verify-full} would hold for some and not for the others.
   */
  private static final class Dialect extends PostgresDialect {

    private static final long serialVersionUID = 1L;

    private final Map<String, String> driverProperties;

    Dialect(PostgresSourceConfig config, Map<String, String> driverProperties) {
      super(config);
      this.driverProperties = new LinkedHashMap<>(driverProperties);
    }

    @Override
    public JdbcSourceFetchTaskContext createFetchTaskContext(JdbcSourceConfig config) {
      return new SnapshotContext(config, this);
    }

    @Override
    public JdbcConnectionPoolFactory getPooledDataSourceFactory() {
      return new ConnectionPools(driverProperties);
    }
  }

  private static final class ConnectionPools extends PostgresConnectionPoolFactory {

    private final Map<String, String> driverProperties;

    ConnectionPools(Map<String, String> driverProperties) {
      this.driverProperties = driverProperties;
    }

    @Override
    public String getJdbcUrl(JdbcSourceConfig config) {
      return snapshotUrl(super.getJdbcUrl(config), driverProperties);
    }
  }

  static String snapshotUrl(String url, Map<String, String> driverProperties) {
    if (driverProperties.isEmpty()) {
      return url;
    }
    return url
        + driverProperties.entrySet().stream()
            .map(property -> property.getKey() + "=" + encoded(property.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
