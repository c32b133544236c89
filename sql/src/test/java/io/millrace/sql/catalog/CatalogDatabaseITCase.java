package io.millrace.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.document.Environment;
import io.millrace.sql.Results;
import io.millrace.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of a real Postgres, as they are and with their changes. */
class CatalogDatabaseITCase {

  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: shop.customers
      name: customers
      version: 1.0.0
      status: active
      schema:
        - name: customers
          logicalType: object
          properties:
            - {name: id, logicalType: integer, required: true, primaryKey: true}
            - {name: name, logicalType: string, classification: pii}
            - {name: credit, logicalType: number, physicalType: "decimal(10,2)"}
            - {name: since, logicalType: date}
            - {name: seen_at, logicalType: timestamp, physicalType: timestamptz}
            - {name: active, logicalType: boolean, required: true}
            - {name: tags, logicalType: array, items: {logicalType: string}}
      """;

  private static final String ODD =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: shop.odd
      name: odd
      version: 1.0.0
      status: active
      schema:
        - name: odd
          logicalType: object
          properties:
            - {name: id, logicalType: number, physicalType: "decimal(4,0)", required: true, primaryKey: true}
            - {name: credit, logicalType: number, physicalType: "decimal(10,2)"}
            - {name: visits, logicalType: integer, physicalType: int}
            - {name: since, logicalType: date}
            - {name: seen_at, logicalType: timestamp, physicalType: timestamptz}
            - {name: left_at, logicalType: timestamp, physicalType: timestamp}
      """;

  @TempDir private static Path dir;

  private static PostgresServer postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = PostgresServer.start(dir.resolve("postgres"));
    postgres.execute(
        "CREATE TABLE public.customers (id bigint PRIMARY KEY, name text, credit numeric(10,2),"
            + " since date, seen_at timestamptz, active boolean, tags text[])",
        "ALTER TABLE public.customers REPLICA IDENTITY FULL",
        "INSERT INTO public.customers VALUES (1, 'Ada Lovelace', 12.50, '1815-12-10',"
            + " '2026-01-01 10:00:00+01', true, '{a,NULL,b}')",
        "INSERT INTO public.customers VALUES (2, NULL, NULL, NULL, NULL, NULL, NULL)");
    postgres.execute(
        "CREATE TABLE public.odd (id numeric(4,0) PRIMARY KEY, credit numeric, visits bigint, since"
            + " date, seen_at timestamptz, left_at timestamp)",
        "INSERT INTO public.odd VALUES (1, 'NaN', 1, 'infinity', 'infinity', 'infinity'),"
            + " (2, 'Infinity', 2, '-infinity', '-infinity', '-infinity'),"
            + " (3, '-Infinity', 3000000000, '0044-03-15 BC', '0044-03-15 12:00+00 BC',"
            + " '0044-03-15 12:00 BC'),"
            + " (4, 123456789, 4, '20000-01-01', '20000-01-01 00:00+00', '20000-01-01 00:00'),"
            + " ('NaN', 5, 5, NULL, NULL, NULL),"
            + " (6, 6, 6, '9999-12-31', '0001-01-01 00:00+00', '9999-12-31 23:59:59.999999')");
    Path folder = Files.createDirectories(dir.resolve("pipelines"));
    Files.writeString(folder.resolve("odd.odcs"), ODD);
    Files.writeString(folder.resolve("customers.odcs"), CONTRACT);
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        pipeline: shop
        sources:
          customers:
            postgres_cdc: {host: "%1$s", port: %2$d, database: %3$s, table: public.customers, slot: shop, username: %4$s, password: "${PG_PASSWORD}"}
            contract: customers.odcs
          odd:
            postgres_cdc: {host: "%1$s", port: %2$d, database: %3$s, table: public.odd, slot: odd, username: %4$s, password: "${PG_PASSWORD}"}
            contract: odd.odcs
        topics: {bootstrap_servers: "127.0.0.1:1"}
        """
            .formatted(postgres.host(), postgres.port(), postgres.database(), postgres.username()));
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @SuppressWarnings("deprecation") // The way by a descriptor knows the system's environment only.
  private static TableEnvironment open(boolean batch) {
    Configuration configuration = new Configuration();
    configuration.setString("restart-strategy.type", "none");
    configuration.setString("parallelism.default", "1");
    EnvironmentSettings.Builder settings =
        EnvironmentSettings.newInstance().withConfiguration(configuration);
    TableEnvironment sql =
        TableEnvironment.create(
            batch ? settings.inBatchMode().build() : settings.inStreamingMode().build());
    sql.getConfig().set("table.local-time-zone", "UTC");
    // Secrets come from the environment only, which a test cannot set for its own process.
    sql.registerCatalog(
        "millrace",
        new MillraceCatalog(
            "millrace",
            "shop",
            dir.resolve("pipelines"),
            PiiPolicy.of(PiiPolicy.Mode.MASK),
            new Environment(Map.of("PG_PASSWORD", postgres.password()))));
    sql.useCatalog("millrace");
    return sql;
  }

  @Test
  void shouldShowATableAsItIsNowAndLeaveNothingInTheDatabase() throws Exception {
    for (boolean batch : List.of(true, false)) {
      assertThat(Results.of(open(batch), "SELECT * FROM customers"))
          .containsExactlyInAnyOrder(
              "+I[1, Xxx Xxxxxxxx, 12.50, 1815-12-10, 2026-01-01T09:00:00Z, true]",
              "+I[2, null, null, null, null, null]");
    }
    try (var connection = postgres.connect();
        var slots =
            connection
                .createStatement()
                .executeQuery(
                    "SELECT count(*) FROM pg_replication_slots WHERE slot_name <> 'followed'")) {
      slots.next();
      assertThat(slots.getInt(1)).isZero();
    }
  }

  @Test
  void shouldShowValuesThatNoColumnCanHoldAsNullAndLeaveOutRowsThatHaveThemInTheirKey()
      throws Exception {
    assertThat(Results.of(open(true), "SELECT * FROM odd ORDER BY id"))
        .containsExactly(
            "+I[1, null, 1, null, null, null]",
            "+I[2, null, 2, null, null, null]",
            "+I[3, null, null, null, null, null]",
            "+I[4, null, 4, null, null, null]",
            "+I[6, 6.00, 6, 9999-12-31, 0001-01-01T00:00:00Z, 9999-12-31T23:59:59.999999]");
  }

  @Test
  void shouldFollowTheChangesOfATableOverASlotThatTheQueryNames() throws Exception {
    TableEnvironment sql = open(false);
    sql.getConfig().set("execution.checkpointing.interval", "200 ms");
    postgres.execute("INSERT INTO public.customers VALUES (3, 'Bob', 1, NULL, NULL, true, NULL)");
    try (CloseableIterator<Row> changes =
        sql.executeSql(
                "SELECT id, name, credit FROM customers /*+ OPTIONS('scan.slot' = 'followed') */"
                    + " WHERE id = 3")
            .collect()) {
      assertThat(changes.next().toString()).isEqualTo("+I[3, Xxx, 1.00]");
      postgres.execute("UPDATE public.customers SET credit = 2 WHERE id = 3");
      assertThat(changes.next().toString()).isEqualTo("-U[3, Xxx, 1.00]");
      assertThat(changes.next().toString()).isEqualTo("+U[3, Xxx, 2.00]");
      postgres.execute("DELETE FROM public.customers WHERE id = 3");
      assertThat(changes.next().toString()).isEqualTo("-D[3, Xxx, 2.00]");
    }
  }

  @Test
  void shouldSayHowChangesAreAskedFor() {
    assertThatThrownBy(
            () ->
                Results.of(
                    open(true),
                    "SELECT * FROM customers /*+ OPTIONS('scan.startup.mode' = 'initial') */"))
        .hasStackTraceContaining("to follow its changes, add 'scan.slot'");
  }
}
