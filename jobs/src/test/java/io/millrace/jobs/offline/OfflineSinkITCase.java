package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.offline.OfflineTopology;
import io.millrace.offline.StoredRow;
import io.millrace.offline.StoredRowTypeInfo;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.conversion.DataStructureConverters;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a bounded job leaves in the tables' files, read by DuckDB and by the reader of history. */
class OfflineSinkITCase {
  private static final long NEW_YEAR = 1_356_998_400_000L;
  private static final long DAY = 86_400_000L;

  @TempDir private Path dir;

  @Test
  void shouldWriteValuesOfEveryTypeAsTheyWere() throws Exception {
    Pipeline pipeline = OfflineFixture.pipeline(dir);
    Source orders = pipeline.source("orders").orElseThrow();
    OfflineTables.prepare(pipeline);

    write(pipeline, Map.of("orders", List.of(full(1, NEW_YEAR + 1), empty(2, NEW_YEAR + DAY))));

    try (ParquetFiles files = ParquetFiles.ofTable(pipeline, "orders")) {
      assertThat(files.count()).isEqualTo(2);
      assertThat(files.partitions())
          .containsExactlyInAnyOrder("_event_time_day=2013-01-01", "_event_time_day=2013-01-02");
      assertThat(
              files.row(
                  "SELECT order_id, epoch_ms(placed_at), amount, quantity, weight, express, due,"
                      + " local_time, note, address.city, address.zone, tags[2],"
                      + " _evolved['gate'], epoch_ms(_event_time) FROM t WHERE order_id = 1"))
          .containsExactly(
              1L,
              NEW_YEAR + 1,
              new BigDecimal("12345.67"),
              7,
              0.1,
              true,
              LocalDate.of(2013, 2, 3),
              java.sql.Timestamp.valueOf(LocalDateTime.of(2013, 1, 1, 12, 0, 0, 123_456_000)),
              "naïve ✓",
              "Zürich",
              -3,
              "b",
              "\"B8\"",
              NEW_YEAR + 1);
      assertThat(
              files.row(
                  "SELECT amount, quantity, weight, express, due, local_time, note, address, tags,"
                      + " _evolved FROM t WHERE order_id = 2"))
          .containsOnlyNulls();
    }
    assertThat(history(pipeline, orders))
        .containsExactlyInAnyOrder(
            text(orders, full(1, NEW_YEAR + 1)), text(orders, empty(2, NEW_YEAR + DAY)));
  }

  @Test
  void shouldKeepEveryChangeAndTheRowsAsTheyAre() throws Exception {
    Pipeline pipeline = OfflineFixture.pipeline(dir);
    Source customers = pipeline.source("customers").orElseThrow();
    OfflineTables.prepare(pipeline);
    List<RowData> changes =
        List.of(
            customer(RowKind.INSERT, 1, "Ann", "1.000"),
            customer(RowKind.INSERT, 2, "Bob", "2.000"),
            customer(RowKind.UPDATE_BEFORE, 1, "Ann", "1.000"),
            customer(RowKind.UPDATE_AFTER, 1, "Anne", "1.500"),
            customer(RowKind.DELETE, 2, "Bob", "2.000"),
            customer(RowKind.INSERT, 3, null, null));

    write(pipeline, Map.of("customers", changes));
    // In a later commit, so that the deletion reaches rows of other files.
    write(
        pipeline,
        Map.of(
            "customers",
            List.of(
                customer(RowKind.UPDATE_BEFORE, 3, null, null),
                customer(RowKind.UPDATE_AFTER, 3, "Cid", "3.000"),
                customer(RowKind.DELETE, 1, "Anne", "1.500"))));

    try (ParquetFiles files = ParquetFiles.ofTable(pipeline, "customers_changes")) {
      assertThat(
              files.strings("SELECT _change || customer_id FROM t ORDER BY _event_time, _sequence"))
          .containsExactly("+I1", "+I2", "-U1", "+U1", "-D2", "+I3", "-U3", "+U3", "-D1");
    }
    assertThat(history(pipeline, customers)).hasSize(9);
    assertThat(ParquetFiles.present(pipeline, "customers"))
        .containsExactly("{customer_id=3, name=Cid, score=3.000}");
    assertThat(present(pipeline, customers))
        .containsExactly(text(customers, customer(RowKind.INSERT, 3, "Cid", "3.000")));
    assertThatThrownBy(() -> present(pipeline, pipeline.source("orders").orElseThrow()))
        .hasMessageContaining("source orders has no table of present rows");
  }

  private static RowData full(long id, long placedAt) {
    return GenericRowData.of(
        id,
        TimestampData.fromEpochMillis(placedAt),
        DecimalData.fromBigDecimal(new BigDecimal("12345.67"), 12, 2),
        (short) 7,
        0.1,
        true,
        (int) LocalDate.of(2013, 2, 3).toEpochDay(),
        TimestampData.fromLocalDateTime(LocalDateTime.of(2013, 1, 1, 12, 0, 0, 123_456_000)),
        StringData.fromString("naïve ✓"),
        GenericRowData.of(StringData.fromString("Zürich"), (short) -3),
        new GenericArrayData(new Object[] {StringData.fromString("a"), StringData.fromString("b")}),
        new GenericMapData(Map.of(StringData.fromString("gate"), StringData.fromString("\"B8\""))));
  }

  private static RowData empty(long id, long placedAt) {
    GenericRowData row = new GenericRowData(12);
    row.setField(0, id);
    row.setField(1, TimestampData.fromEpochMillis(placedAt));
    return row;
  }

  private static RowData customer(RowKind kind, long id, String name, String score) {
    GenericRowData row = new GenericRowData(kind, 4);
    row.setField(0, id);
    row.setField(1, StringData.fromString(name));
    row.setField(
        2, score == null ? null : DecimalData.fromBigDecimal(new BigDecimal(score), 10, 3));
    return row;
  }

  /** Runs a job over some rows of sources to its end. */
  private void write(Pipeline pipeline, Map<String, List<RowData>> rowsOfSources) throws Exception {
    write(dir, pipeline, rowsOfSources);
  }

  static void write(Path dir, Pipeline pipeline, Map<String, List<RowData>> rowsOfSources)
      throws Exception {
    StreamExecutionEnvironment env = environment(dir, 2);
    StoredRowTypeInfo tables = new StoredRowTypeInfo(OfflineTables.layouts(pipeline));
    DataStream<StoredRow> all = null;
    for (int i = 0; i < tables.tables().size(); i++) {
      TableLayout layout = tables.tables().get(i);
      List<RowData> rows = rowsOfSources.get(layout.table().owner());
      if (rows != null) {
        Source source = pipeline.source(layout.table().owner()).orElseThrow();
        DataStream<StoredRow> stored = stored(env, source, rows, i, tables);
        all = all == null ? stored : all.union(stored);
      }
    }
    OfflineSink.write(all, pipeline.offline().orElseThrow(), pipeline.name(), "offline");
    env.execute();
  }

  private static DataStream<StoredRow> stored(
      StreamExecutionEnvironment env,
      Source source,
      List<RowData> rows,
      int table,
      StoredRowTypeInfo tables) {
    boolean timed = source.eventTime().field().isPresent();
    DataStream<RowData> stream =
        env.fromData(InternalTypeInfo.of(source.rowType()), rows.toArray(new RowData[0]))
            .uid("read-" + table)
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<RowData>noWatermarks()
                    .withTimestampAssigner(
                        (row, time) -> timed ? row.getTimestamp(1, 3).getMillisecond() : NEW_YEAR))
            .uid("time-" + table)
            .setParallelism(1);
    return OfflineTopology.rows(stream, source.rowType(), table, tables)
        .uid("rows-" + table)
        .keyBy(StoredRow::route);
  }

  static StreamExecutionEnvironment environment(Path dir, int parallelism) {
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir.resolve("checkpoints").toUri().toString());
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    return StreamExecutionEnvironment.createLocalEnvironment(parallelism, flink);
  }

  /** What a batch job reads back, as text. */
  private List<String> history(Pipeline pipeline, Source source) throws Exception {
    OfflineHistory history = OfflineHistory.of(pipeline);
    long snapshot = history.snapshot(OfflineSpec.history(source).name()).orElseThrow();
    return collect(source, history.rows(batch(), source, snapshot));
  }

  private List<String> present(Pipeline pipeline, Source source) throws Exception {
    OfflineHistory history = OfflineHistory.of(pipeline);
    long snapshot = history.snapshot("customers").orElseThrow();
    return collect(source, history.present(batch(), source, snapshot));
  }

  private StreamExecutionEnvironment batch() {
    StreamExecutionEnvironment env = environment(dir, 2);
    env.setRuntimeMode(RuntimeExecutionMode.BATCH);
    return env;
  }

  private static List<String> collect(Source source, DataStream<RowData> stream) throws Exception {
    List<String> rows = new ArrayList<>();
    try (CloseableIterator<RowData> read = stream.executeAndCollect()) {
      read.forEachRemaining(row -> rows.add(text(source, row)));
    }
    return rows;
  }

  private static String text(Source source, RowData row) {
    return row.getRowKind().shortString()
        + DataStructureConverters.getConverter(
                TypeConversions.fromLogicalToDataType(source.rowType()))
            .toExternal(row);
  }
}
