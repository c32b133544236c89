package io.millrace.jobs.sinks;

import io.millrace.pipeline.Topics;
import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicateJson;
import io.millrace.records.DuplicatePair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topics {@code <prefix>.duplicates} and {@code <prefix>.clusters}, as upsert changelogs, see
 * {@link DuplicateJson}. All embeddings of a pipeline share them.
 */
public final class DuplicateTopics {

  private DuplicateTopics() {}

  /** Compacted: the newest record of each pair and of each row stays. */
  static List<NewTopic> definitions(Topics topics) {
    Map<String, String> compacted =
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    return List.of(
        new NewTopic(topics.duplicates(), Optional.empty(), Optional.empty()).configs(compacted),
        new NewTopic(topics.clusters(), Optional.empty(), Optional.empty()).configs(compacted));
  }

  /** The sink of one embedding's pairs. */
  public static KafkaSink<DuplicatePair> pairs(String pipeline, Topics topics, String embedding) {
    return TopicSink.of(
        topics,
        "millrace-" + pipeline + "-duplicates-" + embedding,
        new Pairs(topics.duplicates()));
  }

  /** The sink of one embedding's clusters. */
  public static KafkaSink<ClusterMember> clusters(
      String pipeline, Topics topics, String embedding) {
    return TopicSink.of(
        topics, "millrace-" + pipeline + "-clusters-" + embedding, new Members(topics.clusters()));
  }

  /** One record per change of a pair. */
  record Pairs(String topic) implements KafkaRecordSerializationSchema<DuplicatePair> {
    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        DuplicatePair pair, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, DuplicateJson.key(pair), DuplicateJson.encode(pair));
    }
  }

  /** One record per change of a row's cluster. */
  record Members(String topic) implements KafkaRecordSerializationSchema<ClusterMember> {
    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        ClusterMember member, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, DuplicateJson.key(member), DuplicateJson.encode(member));
    }
  }
}
