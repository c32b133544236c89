package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.VersionedField;
import io.millrace.contract.VersionedField.Origin;
import io.millrace.contract.VersionedField.Status;
import io.millrace.evolution.ContractLog;
import io.millrace.evolution.ContractMessage;
import io.millrace.evolution.SourceContract;
import io.millrace.evolution.StoredVersion;
import io.millrace.ingest.IdleAtOnce;
import io.millrace.offline.OfflineTopology;
import io.millrace.offline.StoredRow;
import io.millrace.offline.StoredRowTypeInfo;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables of one job: their columns follow the contract while it runs; their files are joined and
 * their old versions let go when it has ended.
 */
class OfflineEvolutionITCase {
  private static final int ROWS = 240;
  private static final int ROWS_A_CHECKPOINT = 40;
  private static final long NEW_YEAR = 1_356_998_400_000L;

  @TempDir private Path dir;

  @Test
  void shouldGiveLearnedFieldsColumnsAndKeepFilesTidy() throws Exception {
    Pipeline pipeline = OfflineFixture.pipeline(dir);
    OfflineTables.prepare(pipeline);

    run(pipeline);

    try (ParquetFiles files = ParquetFiles.ofTable(pipeline, "orders")) {
      assertRows(files);
      assertThat(files.files().size()).isGreaterThan(4);
    }
    assertThat(ParquetFiles.present(pipeline, "customers")).hasSize(ROWS / 4);

    try (OfflineUpkeep upkeep = OfflineUpkeep.open(pipeline)) {
      TableStatus before = upkeep.status("orders").orElseThrow();
      assertThat(before.rows()).isEqualTo(ROWS);
      assertThat(before.smallFiles()).isEqualTo(before.dataFiles());
      assertThat(before.snapshots()).isGreaterThan(2);
      assertThat(upkeep.compact("orders", 1).after()).isEqualTo(2);
      assertThat(upkeep.compact("customers", 1).after()).isEqualTo(1);
      assertThat(upkeep.compact("order_totals", 1)).isEqualTo(new OfflineUpkeep.Compaction(0, 0));

      Path stray = ParquetFiles.folder(pipeline, "orders").resolve("data/stray.parquet");
      Files.writeString(stray, "of a job that was killed");
      Instant soon = Instant.now().plusSeconds(60);
      OfflineUpkeep.Expiry young =
          upkeep.expire("orders", Duration.ofDays(7), 1, Duration.ofDays(7), soon);
      assertThat(young).isEqualTo(new OfflineUpkeep.Expiry(0, 0, 0));
      OfflineUpkeep.Expiry old = upkeep.expire("orders", Duration.ZERO, 1, Duration.ZERO, soon);
      assertThat(old.orphans()).isEqualTo(1);
      assertThat(stray).doesNotExist();
      // The newest snapshot of the job, by which it knows what it has committed, and compaction's.
      assertThat(upkeep.status("orders").orElseThrow().snapshots()).isEqualTo(2);
      assertThat(old.snapshots()).isEqualTo(before.snapshots() - 1);
    }
    try (ParquetFiles files = ParquetFiles.ofTable(pipeline, "orders")) {
      assertRows(files);
      assertThat(files.files()).hasSize(2);
    }
    try (ParquetFiles files = ParquetFiles.ofTable(pipeline, "customers")) {
      assertThat(files.deleteFiles()).isZero();
      assertThat(
              files.row(
                  "SELECT count(*), count(DISTINCT customer_id), min(name), max(name) FROM t"))
          .containsExactly(ROWS / 4L, ROWS / 4L, "new", "new");
    }
    PyIceberg.read(pipeline, "orders")
        .ifPresent(
            table -> assertThat(table).isEqualTo(new PyIceberg.Read(ROWS, "amount", "282.00")));
  }

  private static void assertRows(ParquetFiles files) throws Exception {
    assertThat(files.row("SELECT count(*), count(DISTINCT order_id) FROM t"))
        .containsExactly((long) ROWS, (long) ROWS);
    List<Object> gates =
        files.row(
            "SELECT count(_evolved['gate']), count(gate), count(*) FILTER (gate <> 'G' || order_id),"
                + " count(*) FILTER (gate IS NULL AND order_id > "
                + (ROWS - ROWS_A_CHECKPOINT)
                + ") FROM t");
    assertThat(gates.get(0)).isEqualTo((long) ROWS);
    assertThat((Long) gates.get(1)).isBetween(1L, ROWS - 1L);
    assertThat(gates.subList(2, 4)).containsExactly(0L, 0L);
    // The column was made for whole numbers; others stay in _evolved.
    assertThat(
            files.row("SELECT count(_evolved['load']), count(*) FILTER (load <> order_id) FROM t"))
        .containsExactly((long) ROWS, 0L);
    assertThat((Long) files.row("SELECT count(load) FROM t").get(0)).isPositive();
    assertThat(files.row("SELECT count(*) FROM t WHERE load IS NULL AND order_id % 2 = 1"))
        .allMatch(count -> (Long) count >= ROWS_A_CHECKPOINT / 2);
  }

  private void run(Pipeline pipeline) throws Exception {
    Source orders = pipeline.source("orders").orElseThrow();
    Source customers = pipeline.source("customers").orElseThrow();
    StreamExecutionEnvironment env = OfflineSinkITCase.environment(dir, 2);
    StoredRowTypeInfo tables = new StoredRowTypeInfo(OfflineTables.layouts(pipeline));
    List<String> names =
        tables.tables().stream().map(TableLayout::table).map(table -> table.name()).toList();
    String name = orders.name();
    List<String> learned = versions(orders).stream().map(StoredVersion::json).toList();
    DataStream<ContractMessage> versions =
        env.fromSource(
                new DataGeneratorSource<>(
                    (GeneratorFunction<Long, ContractMessage>)
                        index ->
                            ContractMessage.of(
                                new StoredVersion(name, learned.get((int) Math.min(index / 2, 2)))),
                    5,
                    RateLimiterStrategy.perCheckpoint(1),
                    TypeInformation.of(ContractMessage.class)),
                IdleAtOnce.strategy(),
                "versions")
            .setParallelism(1)
            .uid("versions");
    DataStream<StoredRow> kept =
        OfflineTopology.evolvingRows(
                source(env, orders, OfflineEvolutionITCase::order, 1),
                orders.rowType(),
                versions,
                SourceContract.of(orders),
                ContractLog.NONE,
                names.indexOf("orders"),
                tables)
            .uid("kept-orders");
    DataStream<StoredRow> present =
        OfflineTopology.rows(
                source(env, customers, OfflineEvolutionITCase::customer, 1),
                customers.rowType(),
                names.indexOf("customers"),
                tables)
            .uid("kept-customers")
            .keyBy(StoredRow::route);
    OfflineSink.write(
        kept.union(present), pipeline.offline().orElseThrow(), pipeline.name(), "offline");
    env.execute();
  }

  private static DataStream<RowData> source(
      StreamExecutionEnvironment env,
      Source source,
      GeneratorFunction<Long, RowData> row,
      int parallelism) {
    return env.fromSource(
            new DataGeneratorSource<>(
                row,
                ROWS,
                RateLimiterStrategy.perCheckpoint(ROWS_A_CHECKPOINT),
                InternalTypeInfo.of(source.rowType())),
            WatermarkStrategy.<RowData>noWatermarks()
                .withTimestampAssigner((any, none) -> NEW_YEAR + any.getLong(0) % 2 * 86_400_000L),
            source.name())
        .uid(source.name())
        .setParallelism(parallelism);
  }

  private static RowData order(long index) {
    GenericRowData row = new GenericRowData(12);
    row.setField(0, index + 1);
    row.setField(1, TimestampData.fromEpochMillis(NEW_YEAR));
    row.setField(2, DecimalData.fromUnscaledLong(index - 2, 12, 2));
    row.setField(
        11,
        new GenericMapData(
            Map.of(
                StringData.fromString("gate"),
                StringData.fromString("\"G" + (index + 1) + "\""),
                StringData.fromString("load"),
                StringData.fromString(index % 2 == 0 ? index + 1 + ".5" : "" + (index + 1)))));
    return row;
  }

  /** Each customer is changed three times, in later commits. */
  private static RowData customer(long index) {
    long id = index % (ROWS / 4);
    boolean last = index >= ROWS * 3 / 4;
    return GenericRowData.ofKind(
        index < ROWS / 4 ? RowKind.INSERT : RowKind.UPDATE_AFTER,
        id,
        StringData.fromString(last ? "new" : "old"),
        null,
        null);
  }

  /** The file, one with two fields learned, one that has widened one of them. */
  private static List<StoredVersion> versions(Source source) {
    ContractVersion file = ContractVersion.ofFile(source.name(), source.contract(), 0);
    List<VersionedField> two = new ArrayList<>(file.fields());
    two.add(learned("gate", VarCharType.STRING_TYPE));
    two.add(learned("load", new BigIntType()));
    List<VersionedField> widened = new ArrayList<>(two);
    widened.set(widened.size() - 1, learned("load", new DoubleType()));
    ContractVersion second = file.next("learned", 1, two, Set.of());
    ContractVersion third = second.next("widened", 2, widened, Set.of());
    return List.of(StoredVersion.of(file), StoredVersion.of(second), StoredVersion.of(third));
  }

  private static VersionedField learned(String name, LogicalType type) {
    return VersionedField.evolved(name, type, Origin.EVOLVED, Status.ACTIVE, "", 0, "", 0.9);
  }
}
