package io.millrace.jobs.contracts;

import io.millrace.jobs.sinks.KafkaClient;
import io.millrace.pipeline.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Small topics, read whole. */
public final class TopicContent {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);

  private TopicContent() {}

  /**
   * All records up to where the topic ends now; none if there is no such topic.
   *
   * @throws IOException if Kafka does not answer within 30 s, or refuses
   */
  static List<ConsumerRecord<byte[], byte[]>> read(Topics topics, String topic) throws IOException {
    return read(topics, topic, Long.MAX_VALUE, "read_uncommitted");
  }

  /**
   * The last committed records of each partition up to where the topic ends now; none if there is
   * no such topic.
   *
   * @param atMost so many offsets of each partition, those of transactions' marks included
   * @throws IOException if Kafka does not answer within 30 s, or refuses
   */
  public static List<ConsumerRecord<byte[], byte[]>> tail(Topics topics, String topic, long atMost)
      throws IOException {
    return read(topics, topic, atMost, "read_committed");
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      Topics topics, String topic, long atMost, String isolation) throws IOException {
    Map<String, Object> client = KafkaClient.of(topics);
    client.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    client.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<PartitionInfo> known = consumer.partitionsFor(topic);
      List<TopicPartition> partitions =
          known == null
              ? List.of()
              : known.stream().map(it -> new TopicPartition(topic, it.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      if (atMost < Long.MAX_VALUE) {
        consumer
            .beginningOffsets(partitions)
            .forEach((it, first) -> consumer.seek(it, Math.max(first, ends.get(it) - atMost)));
      }
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream().anyMatch(it -> consumer.position(it) < ends.get(it))) {
        if (System.nanoTime() > deadline) {
          throw new IOException(
              "topic " + topic + " at " + topics.bootstrapServers() + " cannot be read to its end");
        }
        consumer.poll(POLL).forEach(records::add);
      }
    } catch (KafkaException failure) {
      throw new IOException(
          "topic %s at %s cannot be read: %s"
              .formatted(topic, topics.bootstrapServers(), KafkaClient.words(failure)),
          failure);
    }
    return records;
  }
}
