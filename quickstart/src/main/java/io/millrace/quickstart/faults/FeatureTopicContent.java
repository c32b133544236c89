package io.millrace.quickstart.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.quickstart.CommittedTopic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * What a reader of a feature topic sees with {@code read_committed}: the last value of each key,
 * and every version in the order in which it came.
 */
final class FeatureTopicContent {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> last = new TreeMap<>();
  private final Map<String, List<Version>> versions = new HashMap<>();
  private long records;

  private record Version(Instant eventTime, long revision) {

    boolean isAfter(Version other) {
      int order = eventTime.compareTo(other.eventTime);
      return order > 0 || (order == 0 && revision > other.revision);
    }
  }

  FeatureTopicContent() {}

  /** Reads a topic from its beginning to its end as it is now. */
  static FeatureTopicContent read(String bootstrapServers, String topic) {
    FeatureTopicContent content = new FeatureTopicContent();
    read(bootstrapServers, topic, content::take);
    return content;
  }

  /** The last value of each key of any topic. */
  static Map<String, String> lastValues(String bootstrapServers, String topic) {
    Map<String, String> values = new TreeMap<>();
    read(
        bootstrapServers,
        topic,
        (key, value) ->
            values.put(
                new String(key, StandardCharsets.UTF_8),
                value == null ? "deleted" : new String(value, StandardCharsets.UTF_8)));
    return values;
  }

  private static void read(
      String bootstrapServers, String topic, BiConsumer<byte[], byte[]> taker) {
    try (KafkaConsumer<byte[], byte[]> consumer = CommittedTopic.open(bootstrapServers, topic)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (!reached(consumer, ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          taker.accept(record.key(), record.value());
        }
      }
    }
  }

  private static boolean reached(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  void take(byte[] keyBytes, byte[] value) {
    records++;
    String key = new String(keyBytes, StandardCharsets.UTF_8);
    if (value == null) {
      last.put(key, "deleted");
      return;
    }
    last.put(key, new String(value, StandardCharsets.UTF_8));
    versions.computeIfAbsent(key, k -> new ArrayList<>()).add(version(value));
  }

  private static Version version(byte[] value) {
    try {
      JsonNode record = JSON.readTree(value);
      return new Version(
          Instant.parse(record.path("event_time").asText()), record.path("revision").asLong(-1));
    } catch (IOException | DateTimeParseException failure) {
      throw new IllegalStateException(
          "not a feature record: " + new String(value, StandardCharsets.UTF_8), failure);
    }
  }

  long records() {
    return records;
  }

  /** The last value of each key as it was written; {@code deleted} for a tombstone. */
  Map<String, String> last() {
    return last;
  }

  /** Keys whose versions do not rise strictly: something was published twice or out of order. */
  List<String> repeated() {
    return keysWhere((previous, next) -> !next.isAfter(previous));
  }

  /**
   * Keys with a revision left out. A row that comes raises an entity's revision by one, and rows
   * that leave its windows lower it; so it may fall by any number, but rise only by one.
   */
  List<String> gaps() {
    return keysWhere((previous, next) -> next.revision() > previous.revision() + 1);
  }

  private List<String> keysWhere(BiPredicate<Version, Version> wrong) {
    List<String> keys = new ArrayList<>();
    versions.forEach(
        (key, sequence) -> {
          for (int i = 1; i < sequence.size(); i++) {
            if (wrong.test(sequence.get(i - 1), sequence.get(i))) {
              keys.add(key);
              return;
            }
          }
        });
    keys.sort(null);
    return keys;
  }
}
