package io.millrace.jobs.sources;

import io.millrace.jobs.sinks.KafkaClient;
import io.millrace.pipeline.KafkaOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a topic holds at one moment.
 *
 * @param first by partition, the offset of the oldest record that is still there
 * @param end by partition, the offset after the newest committed record
 */
public record TopicEnds(SortedMap<Integer, Long> first, SortedMap<Integer, Long> end) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Asks Kafka.
   *
   * @throws IOException if it does not answer within 30 s, refuses, or has no such topic
   */
  public static TopicEnds of(KafkaOrigin origin) throws IOException {
    Map<String, Object> client = KafkaClient.of(origin.bootstrapServers(), origin.properties());
    client.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    client.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var known = consumer.partitionsFor(origin.topic());
      List<TopicPartition> partitions =
          known == null
              ? List.of()
              : known.stream()
                  .map(it -> new TopicPartition(origin.topic(), it.partition()))
                  .toList();
      if (partitions.isEmpty()) {
        throw new IOException(
            "there is no topic " + origin.topic() + " at " + origin.bootstrapServers());
      }
      return new TopicEnds(
          byPartition(consumer.beginningOffsets(partitions)),
          byPartition(consumer.endOffsets(partitions)));
    } catch (KafkaException failure) {
      throw new IOException(
          "topic %s at %s cannot be read: %s"
              .formatted(origin.topic(), origin.bootstrapServers(), KafkaClient.words(failure)),
          failure);
    }
  }

  private static SortedMap<Integer, Long> byPartition(Map<TopicPartition, Long> offsets) {
    SortedMap<Integer, Long> byPartition = new TreeMap<>();
    offsets.forEach((partition, offset) -> byPartition.put(partition.partition(), offset));
    return byPartition;
  }

  /**
   * Which records are asked for and no longer there, in words; empty if none.
   *
   * @param from the first records that are asked for; of partitions that are not named, whatever is
   *     there
   * @param until the ones after the last
   */
  public List<String> gaps(Map<Integer, Long> from, Map<Integer, Long> until) {
    return until.entrySet().stream()
        .filter(it -> from.containsKey(it.getKey()))
        .filter(it -> from.get(it.getKey()) < it.getValue())
        .filter(it -> from.get(it.getKey()) < first.getOrDefault(it.getKey(), 0L))
        .map(
            it ->
                "partition %d: %d to %d"
                    .formatted(
                        it.getKey(),
                        from.get(it.getKey()),
                        Math.min(it.getValue(), first.getOrDefault(it.getKey(), 0L)) - 1))
        .toList();
  }
}
