package io.millrace.sql.catalog;

import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import io.millrace.sql.postgres.PostgresTableSource;
import io.millrace.sql.topics.RowMask.Treatment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.cdc.connectors.postgres.table.PostgreSQLTableFactory;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.RowType;

/**
 * Sources that are tables of a database. They are read as they are now; with the hint {@value
 * #SLOT}, the changes that follow are read too, from a replication slot of that name. It is the
 * asker who names the slot and has to drop it: while it is there, the database keeps its log.
 */
final class DatabaseTables {

  /** The hint that asks for changes. */
  static final String SLOT = "scan.slot";

  private DatabaseTables() {}

  static PipelineTable of(Source source, PostgresOrigin origin, PiiPolicy policy) {
    List<String> key = source.contract().primaryKey();
    List<RowType.RowField> fields = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (RowType.RowField field : source.contract().rowType().getFields()) {
      if (!PostgresTableSource.reads(field.getType())) {
        leftOut.add(field.getName());
        continue;
      }
      // The database may have nulls where the contract wants none; a job would refuse such rows.
      fields.add(
          new RowType.RowField(
              field.getName(), field.getType().copy(!key.contains(field.getName()))));
    }
    Columns columns = new Columns();
    for (Columns.Column column :
        SourceTables.columns(source, new RowType(false, fields), policy).list()) {
      columns.add(
          column.name(),
          column.type(),
          column.comment(),
          // There is no watermark that would want it.
          column.treatment() == Treatment.TO_MILLIS ? Treatment.KEEP : column.treatment());
    }
    Schema.Builder schema = columns.schema();
    if (!key.isEmpty()) {
      schema.primaryKey(key);
    }
    return new PipelineTable(
        schema.build(),
        SourceTables.comment(source)
            + (leftOut.isEmpty() ? "" : ". Not shown: " + String.join(", ", leftOut)),
        Map.of("table", origin.schema() + "." + origin.table()),
        new Reading.Database(origin, columns.readType(), columns.mask(policy), key));
  }

  static DynamicTableSource source(
      DynamicTableFactory.Context context, Reading.Database table, Map<String, String> hints) {
    String name = context.getObjectIdentifier().asSummaryString();
    Optional<ScanTableSource> changes = Optional.empty();
    if (hints.containsKey(SLOT)) {
      changes = Optional.of(changes(context, table, hints));
    } else if (!hints.isEmpty()) {
      throw new ValidationException(
          "table %s is read as it is now and takes no options such as %s; to follow its changes, add '%s' = '<name of a replication slot>'"
              .formatted(name, hints.keySet().iterator().next(), SLOT));
    }
    return new PostgresTableSource(
        table.origin(),
        table.columns(),
        (RowType) context.getPhysicalRowDataType().getLogicalType(),
        table.mask(),
        changes);
  }

  /** Whether a connection that heeds no mode is less than the source asks for. */
  private static boolean isVerified(PostgresOrigin origin) {
    Secret mode = origin.properties().get("database.sslmode");
    return mode != null && !Set.of("disable", "allow", "prefer").contains(mode.value());
  }

  private static ScanTableSource changes(
      DynamicTableFactory.Context context, Reading.Database table, Map<String, String> hints) {
    PostgresOrigin origin = table.origin();
    if (isVerified(origin)) {
      throw new ValidationException(
          "changes of table %s cannot be followed: its source asks for TLS (database.sslmode), and the connector would ask the database over connections that do not heed it as well; read the table as it is now, without '%s'"
              .formatted(context.getObjectIdentifier().asSummaryString(), SLOT));
    }
    Map<String, String> options = new LinkedHashMap<>();
    origin
        .properties()
        .forEach((property, value) -> options.put("debezium." + property, value.value()));
    options.put("debezium.publication.name", hints.get(SLOT));
    options.put("debezium.publication.autocreate.mode", "filtered");
    options.put("connector", "postgres-cdc");
    options.put("hostname", origin.host());
    options.put("port", Integer.toString(origin.port()));
    options.put("username", origin.username());
    options.put("password", origin.password().value());
    options.put("database-name", origin.database());
    options.put("schema-name", origin.schema());
    options.put("table-name", origin.table());
    options.put("slot.name", hints.get(SLOT));
    options.put("decoding.plugin.name", "pgoutput");
    options.put("scan.incremental.snapshot.enabled", "true");
    hints.forEach(
        (key, value) -> {
          if (!key.equals(SLOT)) {
            options.put(key, value);
          }
        });
    return (ScanTableSource)
        new PostgreSQLTableFactory()
            .createDynamicTableSource(
                new FactoryUtil.DefaultDynamicTableContext(
                    context.getObjectIdentifier(),
                    new ResolvedCatalogTable(
                        context.getCatalogTable().getOrigin().copy(options),
                        Columns.physical(table.columns(), table.key())),
                    Map.of(),
                    context.getConfiguration(),
                    DatabaseTables.class.getClassLoader(),
                    false));
  }
}
