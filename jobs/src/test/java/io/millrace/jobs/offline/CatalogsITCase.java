package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catalogs that are servers: a job writes, people look after the tables, a batch job reads. */
class CatalogsITCase {
  private static final long NEW_YEAR = 1_356_998_400_000L;

  @TempDir private Path dir;

  @Test
  void shouldKeepHistoryInADatabasesCatalog() throws Exception {
    try (PostgresServer postgres = PostgresServer.start(dir.resolve("postgres"))) {
      String offline =
          "{warehouse: warehouse, catalog: jdbc, uri: \"%s\", properties: {jdbc.user: %s, jdbc.password: \"${SECRET}\"}}";

      useTables(
          OfflineFixture.pipeline(
              dir, offline.formatted(postgres.jdbcUrl(), postgres.username()), postgres.password()),
          dir);

      assertThatThrownBy(
              () ->
                  OfflineTables.prepare(
                      OfflineFixture.pipeline(
                          dir, offline.formatted(postgres.jdbcUrl(), "nobody"), "s3cret")))
          .satisfies(
              failure ->
                  assertThat(OfflineCatalog.reason(failure))
                      .contains("nobody")
                      .doesNotContain("s3cret"));
    }
  }

  @Test
  void shouldKeepHistoryInACatalogBehindHttp() throws Exception {
    Path tables = Files.createDirectory(dir.resolve("tables"));
    try (RestCatalogServer server = RestCatalogServer.start(tables, "s3cret")) {
      String offline =
          "{warehouse: tables, catalog: rest, uri: \"%s\", properties: {token: \"${SECRET}\"}}";

      useTables(OfflineFixture.pipeline(dir, offline.formatted(server.uri()), "s3cret"), tables);

      assertThat(server.unknown()).isEmpty();
      assertThatThrownBy(
              () ->
                  OfflineTables.prepare(
                      OfflineFixture.pipeline(dir, offline.formatted(server.uri()), "0ther")))
          .satisfies(
              failure ->
                  assertThat(OfflineCatalog.reason(failure))
                      .contains("ot authorized")
                      .doesNotContain("0ther"));
    }
  }

  private void useTables(Pipeline pipeline, Path folder) throws Exception {
    assertThat(OfflineTables.prepare(pipeline)).hasSize(4);
    assertThat(OfflineTables.prepare(pipeline)).isEmpty();
    OfflineSinkITCase.write(
        dir, pipeline, Map.of("orders", orders(1, 2), "customers", List.of(customer("Ann"))));
    OfflineSinkITCase.write(
        dir, pipeline, Map.of("orders", orders(3, 4), "customers", List.of(customer("Anne"))));

    assertThat(history(pipeline)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    try (OfflineUpkeep upkeep = OfflineUpkeep.open(pipeline)) {
      assertThat(upkeep.status("orders").orElseThrow().rows()).isEqualTo(4);
      assertThat(upkeep.compact("orders", 1).after()).isEqualTo(1);
      assertThat(upkeep.compact("customers", 1).after()).isEqualTo(1);
      Path stray =
          Files.writeString(data(folder).resolve("stray.parquet"), "of a job that was killed");
      OfflineUpkeep.Expiry expired =
          upkeep.expire("orders", Duration.ZERO, 1, Duration.ZERO, Instant.now().plusSeconds(60));
      assertThat(expired.snapshots()).isPositive();
      assertThat(expired.orphans()).isEqualTo(1);
      assertThat(stray).doesNotExist();
      assertThat(upkeep.status("orders").orElseThrow().dataFiles()).isEqualTo(1);
    }
    assertThat(history(pipeline)).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
    assertThat(ParquetFiles.present(pipeline, "customers"))
        .containsExactly("{customer_id=1, name=Anne, score=null}");
  }

  /** The folder of the orders' files, wherever the catalog has put the table. */
  private static Path data(Path folder) throws Exception {
    try (var files = Files.walk(folder)) {
      return files
          .filter(it -> it.endsWith(Path.of("shop", "orders", "data")))
          .findFirst()
          .orElseThrow();
    }
  }

  private List<Long> history(Pipeline pipeline) throws Exception {
    Source orders = pipeline.source("orders").orElseThrow();
    OfflineHistory history = OfflineHistory.of(pipeline);
    long snapshot = history.snapshot(OfflineSpec.history(orders).name()).orElseThrow();
    StreamExecutionEnvironment env = OfflineSinkITCase.environment(dir, 1);
    env.setRuntimeMode(RuntimeExecutionMode.BATCH);
    List<Long> ids = new ArrayList<>();
    try (CloseableIterator<RowData> rows =
        history.rows(env, orders, snapshot).executeAndCollect()) {
      rows.forEachRemaining(row -> ids.add(row.getLong(0)));
    }
    return ids;
  }

  private static List<RowData> orders(long... ids) {
    List<RowData> rows = new ArrayList<>();
    for (long id : ids) {
      GenericRowData row = new GenericRowData(12);
      row.setField(0, id);
      row.setField(1, TimestampData.fromEpochMillis(NEW_YEAR + id));
      rows.add(row);
    }
    return rows;
  }

  private static RowData customer(String name) {
    return GenericRowData.ofKind(RowKind.UPDATE_AFTER, 1L, StringData.fromString(name), null, null);
  }
}
