package io.millrace.jobs.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.jobs.letters.Replays;
import io.millrace.pipeline.Topics;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterJson;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topic {@code <prefix>.dead-letters}. A message's key names the place the record was read
 * from, so all letters of one partition or table stay in order; its timestamp is the time of
 * writing, the record's own time is inside.
 */
public final class DeadLetterTopic {

  /** Time to notice, to mend and to replay; brokers keep records for 7 days by default. */
  private static final Duration RETENTION = Duration.ofDays(30);

  private DeadLetterTopic() {}

  /** The topic as it is created where it is missing, with the broker's numbers of partitions. */
  static NewTopic definition(Topics topics) {
    return new NewTopic(topics.deadLetters(), Optional.empty(), Optional.empty())
        .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(RETENTION.toMillis())));
  }

  /**
   * The topic {@code <prefix>.replay} of letters that are sent back. Its messages may be larger
   * than Kafka's default of 1 MiB: they hold whole records, in base64.
   */
  static NewTopic replays(Topics topics) {
    return new NewTopic(topics.replay(), Optional.empty(), Optional.empty())
        .configs(
            Map.of(
                TopicConfig.RETENTION_MS_CONFIG, Long.toString(RETENTION.toMillis()),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(Replays.MAX_MESSAGE_BYTES)));
  }

  /** The sink for the letters of one pipeline; several pipelines may share the topic. */
  public static KafkaSink<DeadLetter> sink(String pipeline, Topics topics) {
    return TopicSink.of(
        topics,
        "millrace-" + pipeline + "-dead-letters",
        new Serializer(pipeline, topics.deadLetters()));
  }

  private record Serializer(String pipeline, String topic)
      implements KafkaRecordSerializationSchema<DeadLetter> {

    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        DeadLetter letter, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(
          topic, key(letter.coordinates()), DeadLetterJson.encode(letter.ofPipeline(pipeline)));
    }

    private static byte[] key(DeadLetter.Coordinates at) {
      String place = at.isTable() ? at.place() : at.place() + "-" + at.partition();
      return place.getBytes(UTF_8);
    }
  }
}
