package io.millrace.jobs.sources;

import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Topics;
import io.millrace.records.Replay;
import io.millrace.records.ReplayJson;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reading the topic of replays: what people send back to the job of a pipeline. */
public final class ReplayTopic {

  private ReplayTopic() {}

  /**
   * Starts at the checkpoint if there is one, else where a job of this pipeline left off, else at
   * the end: a job that reads its sources anew refuses or accepts every record anew, and has no use
   * for what was sent to the one before.
   */
  public static KafkaSource<Replay> source(Pipeline pipeline) {
    Topics topics = pipeline.topics();
    KafkaSourceBuilder<Replay> builder =
        KafkaSource.<Replay>builder()
            .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    topics.properties().forEach((name, secret) -> builder.setProperty(name, secret.value()));
    return builder
        .setBootstrapServers(topics.bootstrapServers())
        .setTopics(topics.replay())
        .setGroupId("millrace-" + pipeline.name() + "-replay")
        .setStartingOffsets(new CommittedOrEnd())
        .setDeserializer(new Reader(pipeline.name()))
        .build();
  }

  /**
   * Unlike {@code committedOffsets(LATEST)} it fixes the end when the job starts: "latest" would be
   * looked up again after a failure, and pass over what was sent meanwhile.
   */
  private static final class CommittedOrEnd implements OffsetsInitializer {
    private static final long serialVersionUID = 1L;

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
      Map<TopicPartition, Long> offsets = new HashMap<>(retriever.committedOffsets(partitions));
      Set<TopicPartition> unknown =
          partitions.stream()
              .filter(partition -> offsets.get(partition) == null)
              .collect(Collectors.toSet());
      if (!unknown.isEmpty()) {
        offsets.putAll(retriever.endOffsets(unknown));
      }
      return offsets;
    }

    @Override
    @SuppressWarnings("deprecation") // Deprecated by Kafka, still asked for by the connector.
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
      return OffsetResetStrategy.EARLIEST;
    }
  }

  /** Passes over what is no replay, or one of another pipeline, and counts it. */
  private static final class Reader implements KafkaRecordDeserializationSchema<Replay> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ReplayTopic.class);

    private final String pipeline;
    private transient Counter unreadable;

    Reader(String pipeline) {
      this.pipeline = pipeline;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
      unreadable = context.getMetricGroup().addGroup("replay").counter("unreadable");
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Replay> out) {
      Replay replay;
      try {
        replay = ReplayJson.decode(record.value());
      } catch (IllegalArgumentException malformed) {
        unreadable.inc();
        LOG.warn(
            "Passed over {}-{} at {}: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            malformed.getMessage());
        return;
      }
      String of = replay.letter().pipeline();
      if (of.isEmpty() || of.equals(pipeline)) {
        out.collect(replay);
      }
    }

    @Override
    public TypeInformation<Replay> getProducedType() {
      return TypeInformation.of(Replay.class);
    }
  }
}
