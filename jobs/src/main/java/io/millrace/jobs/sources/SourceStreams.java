package io.millrace.jobs.sources;

import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.EventTimes;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.PositionedRows;
import io.millrace.ingest.SplitDeadLetters;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * A source as two streams that together hold every record that was read.
 *
 * @param rows of the source's row type, or {@link PositionedRows} where these were asked for, with
 *     event times, watermarks and row kinds
 * @param deadLetters records that could not become rows
 * @param ingested both, and how they differ from the contract
 */
public record SourceStreams(
    DataStream<RowData> rows, DataStream<DeadLetter> deadLetters, DataStream<Ingested> ingested) {

  /** Puts a guard behind a source that hears of newer versions of its contract. */
  @FunctionalInterface
  public interface Guarding {

    /**
     * @param records as the source has decided about them by its contract file
     * @param uid of the guard
     */
    DataStream<Ingested> guarded(Source source, DataStream<Ingested> records, String uid);
  }

  /** Adds the source to the job, with a contract that never changes. */
  public static SourceStreams open(
      StreamExecutionEnvironment env, Source source, String uidPrefix) {
    SingleOutputStreamOperator<Ingested> read = read(env, source, true, false, uidPrefix);
    return split(source, read, false, uidPrefix);
  }

  /**
   * Adds the source to the job. The rows of a table come from one subtask, because its changes are
   * only in order there; whatever follows up to the first {@code keyBy} takes {@code
   * rows.getParallelism()}.
   *
   * @param positions whether the rows are to be {@link PositionedRows}; only where {@link
   *     Source#hasPositions}
   * @param uidPrefix the operators are {@code <prefix>-read}, {@code <prefix>-guard} and {@code
   *     <prefix>-split}
   * @throws IllegalArgumentException if the contract has a type the source cannot deliver
   */
  public static SourceStreams open(
      StreamExecutionEnvironment env,
      Source source,
      boolean positions,
      String uidPrefix,
      Guarding guarding) {
    SingleOutputStreamOperator<Ingested> read = read(env, source, false, positions, uidPrefix);
    return split(
        source, guarding.guarded(source, read, uidPrefix + "-guard"), positions, uidPrefix);
  }

  /**
   * The topic of a source from its beginning to where it ends now, for batch executions.
   *
   * @param version of the contract by which records are decided
   * @param positions whether the rows are to be {@link PositionedRows}
   */
  public static SourceStreams history(
      StreamExecutionEnvironment env,
      Source source,
      KafkaOrigin kafka,
      ContractOverlay version,
      boolean positions,
      String uidPrefix) {
    return split(
        source,
        env.fromSource(
                KafkaTopic.history(source, kafka, new TopicReading(true, positions, version)),
                WatermarkStrategy.<Ingested>noWatermarks()
                    .withTimestampAssigner((ingested, before) -> ingested.eventTimeMillis()),
                source.name() + ": " + kafka.topic())
            .uid(uidPrefix + "-read"),
        positions,
        uidPrefix);
  }

  /**
   * Records of a source that were read elsewhere, decided and with event times as timestamps.
   *
   * @param positions whether the rows are to be {@link PositionedRows}
   * @param uidPrefix the operator is {@code <prefix>-split}
   */
  public static SourceStreams of(
      Source source, DataStream<Ingested> settled, boolean positions, String uidPrefix) {
    return split(source, settled, positions, uidPrefix);
  }

  private static SourceStreams split(
      Source source, DataStream<Ingested> settled, boolean positions, String uidPrefix) {
    SingleOutputStreamOperator<RowData> rows =
        settled
            .process(new SplitDeadLetters(source.name(), positions))
            .returns(
                InternalTypeInfo.of(positions ? PositionedRows.type(source) : source.rowType()))
            .setParallelism(settled.getParallelism())
            .uid(uidPrefix + "-split")
            .name(source.name() + ": rows");
    return new SourceStreams(rows, rows.getSideOutput(SplitDeadLetters.DEAD_LETTERS), settled);
  }

  private static SingleOutputStreamOperator<Ingested> read(
      StreamExecutionEnvironment env,
      Source source,
      boolean settles,
      boolean positions,
      String uidPrefix) {
    String uid = uidPrefix + "-read";
    var watermarks = EventTimes.strategy(source.eventTime());
    if (source.origin() instanceof KafkaOrigin kafka) {
      return env.fromSource(
              KafkaTopic.source(source, kafka, new TopicReading(settles, positions, null)),
              watermarks,
              source.name() + ": " + kafka.topic())
          .uid(uid);
    }
    PostgresOrigin postgres = (PostgresOrigin) source.origin();
    // Several readers would hand on the changes of one row out of order.
    return env.fromSource(
            PostgresTable.source(source, postgres),
            watermarks,
            source.name() + ": " + postgres.schema() + "." + postgres.table())
        .uid(uid)
        .setParallelism(1);
  }
}
