package io.millrace.jobs.sources;

import io.millrace.ingest.EventTimes;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.SplitDeadLetters;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * A source as two streams that together hold every record that was read.
 *
 * @param rows of the contract's row type, with event times, watermarks and row kinds
 * @param deadLetters records that could not become rows
 */
public record SourceStreams(DataStream<RowData> rows, DataStream<DeadLetter> deadLetters) {

  /**
   * Adds the source to the job.
   *
   * @param uidPrefix the two operators are {@code <prefix>-read} and {@code <prefix>-split}
   * @throws IllegalArgumentException if the contract has a type the source cannot deliver
   */
  public static SourceStreams open(
      StreamExecutionEnvironment env, Source source, String uidPrefix) {
    SingleOutputStreamOperator<RowData> rows =
        read(env, source, uidPrefix)
            .process(new SplitDeadLetters(source.name()))
            .returns(InternalTypeInfo.of(source.contract().rowType()))
            .uid(uidPrefix + "-split")
            .name(source.name() + ": rows");
    return new SourceStreams(rows, rows.getSideOutput(SplitDeadLetters.DEAD_LETTERS));
  }

  private static SingleOutputStreamOperator<Ingested> read(
      StreamExecutionEnvironment env, Source source, String uidPrefix) {
    String uid = uidPrefix + "-read";
    var watermarks = EventTimes.strategy(source.eventTime());
    if (source.origin() instanceof KafkaOrigin kafka) {
      return env.fromSource(
              KafkaTopic.source(source, kafka), watermarks, source.name() + ": " + kafka.topic())
          .uid(uid);
    }
    PostgresOrigin postgres = (PostgresOrigin) source.origin();
    // A table has one log, and its changes stay in order only in one reader.
    SingleOutputStreamOperator<Ingested> changes =
        env.fromSource(
                PostgresTable.source(source, postgres),
                watermarks,
                source.name() + ": " + postgres.schema() + "." + postgres.table())
            .uid(uid)
            .setParallelism(1);
    return changes;
  }
}
