package io.millrace.jobs.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.Topics;
import io.millrace.records.QualityResult;
import io.millrace.records.QualityResultJson;
import java.util.Optional;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The topic {@code <prefix>.quality}: how each rule fared in each window. A message's key names the
 * source and the rule, so that all results of one rule stay in order.
 */
public final class QualityTopic {

  private QualityTopic() {}

  /** The topic as it is created where it is missing, with what the broker has as defaults. */
  static NewTopic definition(Topics topics) {
    return new NewTopic(topics.quality(), Optional.empty(), Optional.empty());
  }

  /** The sink for the results of one pipeline; several pipelines may share the topic. */
  public static KafkaSink<QualityResult> sink(String pipeline, Topics topics) {
    return TopicSink.of(
        topics, "millrace-" + pipeline + "-quality", new Serializer(topics.quality()));
  }

  private record Serializer(String topic) implements KafkaRecordSerializationSchema<QualityResult> {

    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        QualityResult result, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(
          topic,
          (result.source() + "/" + result.rule()).getBytes(UTF_8),
          QualityResultJson.encode(result));
    }
  }
}
