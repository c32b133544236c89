package io.millrace.jobs.sinks;

import io.millrace.pipeline.Topics;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.millrace.records.LinkJson;
import io.millrace.records.LinkRecord;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;

/** The topic that tells which row is which point, as an upsert changelog, see {@link LinkJson}. */
public final class LinkTopic {

  private LinkTopic() {}

  /** The sink of one embedding; all embeddings of a pipeline share the topic. */
  public static KafkaSink<EmbeddedRow> sink(
      String pipeline, Topics topics, EmbeddingSchema schema) {
    return TopicSink.of(
        topics,
        "millrace-" + pipeline + "-links-" + schema.embedding(),
        new Serializer(topics.links(), schema));
  }

  /** Compacted: the newest link of each point stays. */
  static NewTopic definition(Topics topics) {
    return new NewTopic(topics.links(), Optional.empty(), Optional.empty())
        .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
  }

  /** One record per change of a point. */
  record Serializer(String topic, EmbeddingSchema schema)
      implements KafkaRecordSerializationSchema<EmbeddedRow> {
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        EmbeddedRow row, KafkaSinkContext context, Long timestamp) {
      LinkRecord link = LinkRecord.of(schema, row);
      return new ProducerRecord<>(topic, LinkJson.key(link), LinkJson.encode(link));
    }
  }
}
