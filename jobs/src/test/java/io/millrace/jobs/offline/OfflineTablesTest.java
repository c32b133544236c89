package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineTablesTest {
  @TempDir private Path dir;

  @BeforeEach
  void makeTables() throws Exception {
    assertThat(OfflineTables.prepare(OfflineFixture.pipeline(dir)))
        .containsExactly("orders", "customers_changes", "customers", "order_totals");
  }

  @Test
  void shouldMakeTablesOnce() throws Exception {
    assertThat(OfflineTables.prepare(OfflineFixture.pipeline(dir))).isEmpty();
    assertThat(columns("customers").keySet())
        .containsExactly("_event_time", "_evolved", "customer_id", "name", "score");
    assertThat(columns("customers_changes")).containsKeys("_change", "_sequence");
    assertThat(columns("order_totals"))
        .containsKeys("quantity", "orders_1h", "last_notes", "_revision", "_deleted");
  }

  @Test
  void shouldAddAndWidenColumnsOfAnEditedContract() throws Exception {
    assertThat(columns("orders")).containsEntry("quantity", "int");

    prepare(
        OfflineFixture.ORDERS
            .replace("physicalType: smallint, ", "")
            .replace("physicalType: smallint}", "physicalType: bigint}")
            .replace("decimal(12,2)", "decimal(20,2)")
            .replace(
                "- {name: note,", "- {name: gate, logicalType: string}\n      - {name: note,"));

    assertThat(columns("orders"))
        .containsEntry("quantity", "long")
        .containsEntry("amount", "decimal(20, 2)")
        .containsEntry("gate", "string")
        .containsKey("note");
  }

  @Test
  void shouldKeepColumnsThatTheContractHasNoMore() throws Exception {
    prepare(OfflineFixture.ORDERS.replace("- {name: express, logicalType: boolean}\n", "\n"));

    assertThat(columns("orders")).containsEntry("express", "boolean");
  }

  @Test
  void shouldGiveTablesOfBeforePositions() throws Exception {
    String bounds = TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + "_offset";
    Pipeline pipeline = OfflineFixture.pipeline(dir);
    try (OfflineCatalog catalog =
        OfflineCatalog.open(pipeline.offline().orElseThrow(), pipeline.name())) {
      Table table = catalog.table("orders").orElseThrow();
      assertThat(table.properties()).containsEntry(bounds, "full");
      table
          .updateProperties()
          .remove(bounds)
          .remove(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + "_partition")
          .commit();
      table.updateSchema().deleteColumn("_partition").deleteColumn("_offset").commit();
    }

    OfflineTables.prepare(pipeline);

    assertThat(columns("orders"))
        .containsEntry("_partition", "int")
        .containsEntry("_offset", "long");
    assertThat(columns("customers_changes")).doesNotContainKey("_offset");
    try (OfflineCatalog catalog =
        OfflineCatalog.open(pipeline.offline().orElseThrow(), pipeline.name())) {
      assertThat(catalog.table("orders").orElseThrow().properties()).containsEntry(bounds, "full");
    }
  }

  @Test
  void shouldNameEveryColumnThatATableCannotTake() {
    assertThatThrownBy(
            () ->
                prepare(
                    OfflineFixture.ORDERS.replace(
                        "- {name: express, logicalType: boolean}",
                        "- {name: express, logicalType: date}")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pipeline shop cannot keep its history in " + dir)
        .hasMessageContaining("shop.orders: ")
        .hasMessageContaining("express")
        .hasMessageContaining("move the table away to begin a new one");
  }

  @Test
  void shouldRefuseAnotherKeyForPresentRows() {
    assertThatThrownBy(
            () ->
                OfflineTables.prepare(
                    OfflineFixture.pipeline(
                        dir,
                        OfflineFixture.ORDERS,
                        OfflineFixture.CUSTOMERS
                            .replace(
                                "required: true, primaryKey: true, primaryKeyPosition: 1",
                                "required: true")
                            .replace(
                                "{name: name, logicalType: string}",
                                "{name: name, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}"),
                        "localhost:9092")))
        .hasMessageContaining(
            "shop.customers: its rows are told apart by customer_id, those of the contract by"
                + " name");
  }

  private void prepare(String orders) throws IOException {
    OfflineTables.prepare(
        OfflineFixture.pipeline(dir, orders, OfflineFixture.CUSTOMERS, "localhost:9092"));
  }

  private Map<String, String> columns(String name) throws IOException {
    Pipeline pipeline = OfflineFixture.pipeline(dir);
    Map<String, String> columns = new TreeMap<>();
    try (OfflineCatalog catalog =
        OfflineCatalog.open(pipeline.offline().orElseThrow(), pipeline.name())) {
      Table table = catalog.table(name).orElseThrow();
      table.schema().columns().forEach(it -> columns.put(it.name(), it.type().toString()));
    }
    return columns;
  }
}
