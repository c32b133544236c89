package io.millrace.jobs.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.offline.OfflineTopology;
import io.millrace.offline.StoredRow;
import io.millrace.offline.StoredRowTypeInfo;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures between, and in the middle of, checkpoints leave every row once. */
class OfflineExactlyOnceITCase {
  private static final int ROWS = 12_000;
  private static final int ROWS_A_CHECKPOINT = 1_000;
  private static final long NEW_YEAR = 1_356_998_400_000L;

  @TempDir private Path dir;

  @Test
  void shouldHoldEveryRowOnceAfterFailures() throws Exception {
    Pipeline pipeline = OfflineFixture.pipeline(dir);
    Source orders = pipeline.source("orders").orElseThrow();
    OfflineTables.prepare(pipeline);
    StreamExecutionEnvironment env = OfflineSinkITCase.environment(dir, 2);
    env.getConfiguration();
    org.apache.flink.configuration.Configuration restarts =
        new org.apache.flink.configuration.Configuration();
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
    restarts.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
    env.configure(restarts);
    DataStream<RowData> rows =
        env.fromSource(
                new DataGeneratorSource<>(
                    (GeneratorFunction<Long, RowData>) OfflineExactlyOnceITCase::row,
                    ROWS,
                    RateLimiterStrategy.perCheckpoint(ROWS_A_CHECKPOINT),
                    InternalTypeInfo.of(orders.rowType())),
                WatermarkStrategy.<RowData>noWatermarks()
                    .withTimestampAssigner((row, none) -> row.getTimestamp(1, 3).getMillisecond()),
                "orders")
            .uid("orders")
            .map(new FailingTwice())
            .returns(InternalTypeInfo.of(orders.rowType()))
            .uid("failures");
    StoredRowTypeInfo tables = new StoredRowTypeInfo(OfflineTables.layouts(pipeline));
    DataStream<StoredRow> stored =
        OfflineTopology.rows(rows, orders.rowType(), 0, tables).uid("rows");
    OfflineSink.write(stored, pipeline.offline().orElseThrow(), pipeline.name(), "offline");
    FailingTwice.FAILURES.set(0);

    env.execute();

    assertThat(FailingTwice.FAILURES).hasValue(2);
    try (ParquetFiles files = ParquetFiles.ofTable(pipeline, "orders")) {
      assertThat(
              files.row(
                  "SELECT count(*), count(DISTINCT order_id), min(order_id), max(order_id) FROM t"))
          .containsExactly((long) ROWS, (long) ROWS, 0L, ROWS - 1L);
      assertThat(files.row("SELECT count(DISTINCT _sequence) > 0, count(_sequence) FROM t"))
          .containsExactly(true, (long) ROWS);
    }
  }

  private static RowData row(long index) {
    GenericRowData row = new GenericRowData(12);
    row.setField(0, index);
    // Two days at once, so that every checkpoint closes a file of each.
    row.setField(1, TimestampData.fromEpochMillis(NEW_YEAR + index % 2 * 86_400_000L + index));
    return row;
  }

  /** Fails once in the middle of a checkpoint's rows, and once right after a checkpoint. */
  private static final class FailingTwice
      implements MapFunction<RowData, RowData>, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private static final AtomicInteger FAILURES = new AtomicInteger();

    private transient int completed;

    @Override
    public RowData map(RowData row) {
      long index = row.getLong(0);
      if (index >= 4_500 && FAILURES.compareAndSet(0, 1)) {
        throw new IllegalStateException("a failure on purpose, at row " + index);
      }
      return row;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      completed++;
      if (completed >= 3 && FAILURES.compareAndSet(1, 2)) {
        throw new IllegalStateException("a failure on purpose, at checkpoint " + checkpointId);
      }
    }
  }
}
