package io.millrace.jobs.sources;

import io.debezium.connector.postgresql.PostgresObjectUtils;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.jdbc.JdbcConfiguration;
import java.sql.Connection;
import java.sql.SQLException;
import org.apache.flink.cdc.connectors.base.config.JdbcSourceConfig;
import org.apache.flink.cdc.connectors.postgres.source.PostgresDialect;
import org.apache.flink.cdc.connectors.postgres.source.fetch.PostgresSourceFetchTaskContext;

/**
 * What the rows of a snapshot are read with: a connection of the {@link SnapshotDriver}, with the
 * properties that the pipeline sets for the driver. Not thread safe.
 */
final class SnapshotContext extends PostgresSourceFetchTaskContext {

  /** As the database shows it. */
  private static final String NAME = "millrace-snapshot";

  private PostgresConnection connection;

  SnapshotContext(JdbcSourceConfig config, PostgresDialect dialect) {
    super(config, dialect);
  }

  @Override
  public PostgresConnection getConnection() {
    if (connection == null) {
      connection =
          new PostgresConnection(
              getDbzConnectorConfig().getJdbcConfig(),
              PostgresObjectUtils.newPostgresValueConverterBuilder(getDbzConnectorConfig()),
              NAME,
              SnapshotContext::connect);
    }
    return connection;
  }

  private static Connection connect(JdbcConfiguration config) throws SQLException {
    return new SnapshotDriver()
        .connect(
            "jdbc:postgresql://%s:%s/%s"
                .formatted(config.getHostname(), config.getPortAsString(), config.getDatabase()),
            config.asProperties());
  }

  @Override
  public void close() throws Exception {
    if (connection != null) {
      connection.close();
    }
    super.close();
  }
}
