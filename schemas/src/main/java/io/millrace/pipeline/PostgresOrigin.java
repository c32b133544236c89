package io.millrace.pipeline;

import java.io.Serializable;
import java.util.Map;

/**
 * A Postgres table, read as an incremental snapshot and then from its logical replication slot.
 *
 * @param schema for example {@code public}
 * @param table without the schema
 * @param slot name of the logical replication slot, one per source
 * @param properties further connector (Debezium) properties, for example SSL; not printed
 */
public record PostgresOrigin(
    String host,
    int port,
    String database,
    String schema,
    String table,
    String slot,
    String username,
    Secret password,
    Map<String, Secret> properties)
    implements Source.Origin, Serializable {

  public PostgresOrigin {
    properties = Map.copyOf(properties);
  }
}
