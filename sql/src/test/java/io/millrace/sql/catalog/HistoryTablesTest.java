package io.millrace.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sql.Results;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** History tables as Iceberg's own SQL writes them, seen through the catalog. */
class HistoryTablesTest {

  @TempDir private Path dir;

  private TableEnvironment sql;

  @BeforeEach
  void aPipelineWithHistory() throws Exception {
    Path folder = Files.createDirectories(dir.resolve("pipelines"));
    Files.writeString(
        folder.resolve("orders.odcs"),
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: shop.orders
        name: orders
        version: 1.0.0
        status: active
        schema:
          - name: orders
            logicalType: object
            properties:
              - {name: order_id, logicalType: integer, required: true, primaryKey: true}
              - {name: email, logicalType: string, classification: pii}
              - {name: amount, logicalType: number}
        """);
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        pipeline: shop
        sources:
          orders:
            kafka: {topic: orders, bootstrap_servers: "127.0.0.1:1", format: json}
            contract: orders.odcs
        features:
          totals:
            entity: [order_id]
            source: orders
            aggregations: {spent: {sum: amount}}
            online: {layout: hash}
        online_store: {redis: "redis://127.0.0.1:1"}
        offline: {warehouse: "%s"}
        topics: {bootstrap_servers: "127.0.0.1:1"}
        """
            .formatted(dir.resolve("warehouse")));
    Configuration configuration = new Configuration();
    configuration.setString("parallelism.default", "1");
    sql =
        TableEnvironment.create(
            EnvironmentSettings.newInstance()
                .inBatchMode()
                .withConfiguration(configuration)
                .build());
    sql.getConfig().set("table.local-time-zone", "UTC");
    sql.executeSql(
        "CREATE CATALOG ice WITH ('type' = 'iceberg', 'catalog-type' = 'hadoop', 'warehouse' ="
            + " '%s')".formatted(dir.resolve("warehouse").toUri()));
    sql.executeSql("CREATE DATABASE ice.shop");
    sql.executeSql(
        "CREATE TABLE ice.shop.orders (order_id BIGINT, email STRING, amount DOUBLE,"
            + " _event_time TIMESTAMP_LTZ(6), _sequence BIGINT, learned STRING)");
    sql.executeSql(
            "INSERT INTO ice.shop.orders VALUES (1, 'ada@example.org', 2.5,"
                + " TO_TIMESTAMP_LTZ(0, 3), 7, 'x'), (2, 'bob@example.org', 3.5,"
                + " TO_TIMESTAMP_LTZ(60000, 3), 8, 'y')")
        .await();
  }

  private void open(String name, String pii) {
    sql.executeSql(
        "CREATE CATALOG %s WITH ('type' = 'millrace', 'pipelines' = '%s', 'pii' = '%s')"
            .formatted(name, dir.resolve("pipelines"), pii));
  }

  private List<String> rows(String query) throws Exception {
    return Results.of(sql, query);
  }

  @Test
  void shouldShowEveryRowOfASourceWithPersonalDataMasked() throws Exception {
    open("masked", "mask");
    assertThat(rows("SELECT * FROM masked.shop.orders_history"))
        .containsExactlyInAnyOrder(
            "+I[1, xxx@xxxxxxx.xxx, 2.5, 1970-01-01T00:00:00Z, 7]",
            "+I[2, xxx@xxxxxxx.xxx, 3.5, 1970-01-01T00:01:00Z, 8]");
    open("revealed", "reveal");
    assertThat(rows("SELECT email FROM revealed.shop.orders_history WHERE amount > 3"))
        .containsExactly("+I[bob@example.org]");
  }

  @Test
  void shouldSayThatATableIsNotMadeYetAndNotMakeIt() throws Exception {
    open("masked", "mask");
    assertThatThrownBy(() -> rows("SELECT * FROM masked.shop.totals_history"))
        .hasStackTraceContaining("history table shop.totals is not in")
        .hasStackTraceContaining("it is made when its pipeline's job starts");
    assertThat(dir.resolve("warehouse/shop/totals")).doesNotExist();
  }
}
