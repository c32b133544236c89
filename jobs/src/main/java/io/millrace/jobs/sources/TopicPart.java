package io.millrace.jobs.sources;

import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** A part of a topic, cut by offsets, for batch executions. */
public final class TopicPart {
  private TopicPart() {}

  /**
   * The records of a source from some offsets on up to others. Nothing is committed. A record that
   * the topic no longer has is a failure.
   *
   * @param version of the contract by which they are read
   * @param from by partition; of partitions that are not named from the beginning
   * @param until by partition, these not included; of partitions that are not named, or that would
   *     end before they begin, nothing is read
   * @param positions whether the rows are to be {@link io.millrace.ingest.PositionedRows}
   * @param uidPrefix the operators are {@code <prefix>-read} and {@code <prefix>-split}
   */
  public static SourceStreams of(
      StreamExecutionEnvironment env,
      Source source,
      KafkaOrigin origin,
      ContractOverlay version,
      Map<Integer, Long> from,
      Map<Integer, Long> until,
      boolean positions,
      String uidPrefix) {
    Map<Integer, Long> begin = new HashMap<>(from);
    begin.replaceAll((partition, first) -> Math.min(first, until.getOrDefault(partition, 0L)));
    KafkaSource<Ingested> part =
        KafkaTopic.builder(source, origin, new TopicReading(true, positions, version))
            .setProperty("commit.offsets.on.checkpoint", "false")
            .setStartingOffsets(new ByPartition(begin, KafkaPartitionSplit.EARLIEST_OFFSET))
            .setBounded(new ByPartition(until, 0))
            .build();
    return SourceStreams.of(
        source,
        env.fromSource(
                part,
                WatermarkStrategy.<Ingested>noWatermarks()
                    .withTimestampAssigner((ingested, before) -> ingested.eventTimeMillis()),
                source.name() + ": part of " + origin.topic())
            .uid(uidPrefix + "-read"),
        positions,
        uidPrefix);
  }

  private static final class ByPartition implements OffsetsInitializer {
    private static final long serialVersionUID = 1L;

    private final HashMap<Integer, Long> offsets;
    private final long otherwise;

    ByPartition(Map<Integer, Long> offsets, long otherwise) {
      this.offsets = new HashMap<>(offsets);
      this.otherwise = otherwise;
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
      Map<TopicPartition, Long> found = new HashMap<>();
      for (TopicPartition partition : partitions) {
        found.put(partition, offsets.getOrDefault(partition.partition(), otherwise));
      }
      return found;
    }

    @Override
    @SuppressWarnings("deprecation") // Deprecated by Kafka, still asked for by the connector.
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
      return OffsetResetStrategy.NONE;
    }
  }
}
