package io.millrace.jobs.sinks;

import io.millrace.pipeline.Topics;
import io.millrace.records.Alert;
import io.millrace.records.DriftJson;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.RetrainingAdvice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topics {@code <prefix>.drift} and {@code <prefix>.alerts}, see {@link DriftJson}. Both are
 * upsert logs: a record's key names what it is about, so that whoever reads them compacted sees
 * each window, alarm and advice once, as it was said last.
 */
public final class DriftTopics {

  /** Time for labels to be looked at again; brokers keep records for 7 days by default. */
  private static final Duration FEEDBACK_RETENTION = Duration.ofDays(30);

  private DriftTopics() {}

  /** A record on its way to a topic. A Flink POJO. */
  public record Message(byte[] key, byte[] value) {

    public static final TypeInformation<Message> TYPE = TypeInformation.of(Message.class);

    public static Message of(DriftResult result) {
      return new Message(DriftJson.key(result), DriftJson.encode(result));
    }

    public static Message of(DriftSummary summary) {
      return new Message(DriftJson.key(summary), DriftJson.encode(summary));
    }

    public static Message of(Alert alert) {
      return new Message(DriftJson.key(alert), DriftJson.encode(alert));
    }

    public static Message of(RetrainingAdvice advice) {
      return new Message(DriftJson.key(advice), DriftJson.encode(advice));
    }
  }

  /** The topics as they are created where they are missing, with the broker's numbers. */
  static List<NewTopic> definitions(Topics topics) {
    Map<String, String> compacted =
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    return List.of(
        topic(topics.drift()).configs(compacted),
        topic(topics.alerts()).configs(compacted),
        topic(topics.feedback())
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    Long.toString(FEEDBACK_RETENTION.toMillis()))));
  }

  private static NewTopic topic(String name) {
    return new NewTopic(name, Optional.empty(), Optional.empty());
  }

  /**
   * The sink of one of the two topics.
   *
   * @param topic also the prefix of its transactions
   */
  public static KafkaSink<Message> sink(Topics topics, String topic) {
    return TopicSink.of(topics, topic, new Serializer(topic));
  }

  private record Serializer(String topic) implements KafkaRecordSerializationSchema<Message> {
    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        Message message, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, message.key(), message.value());
    }
  }
}
