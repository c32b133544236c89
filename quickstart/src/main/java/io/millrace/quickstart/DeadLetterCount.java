package io.millrace.quickstart;

import io.millrace.records.DeadLetterJson;
import io.millrace.records.DeadLetterReason;
import io.millrace.testkit.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * How many dead letters a reader of committed records finds in their topic.
 *
 * @param byReason in the order of the reasons
 */
record DeadLetterCount(Map<DeadLetterReason, Long> byReason) {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Reads until the expected number is there: they become visible with a checkpoint. */
  static DeadLetterCount await(String bootstrapServers, String topic, long expected) {
    Map<DeadLetterReason, Long> byReason = new TreeMap<>();
    DeadLetterCount count = new DeadLetterCount(byReason);
    try (KafkaConsumer<byte[], byte[]> consumer = CommittedTopic.open(bootstrapServers, topic)) {
      Deadline.await(
          PATIENCE,
          () -> expected + " dead letters in topic " + topic + ", of which came " + count.total(),
          () -> {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
              byReason.merge(DeadLetterJson.decode(record.value()).reason(), 1L, Long::sum);
            }
            return count.total() >= expected;
          });
    }
    return count;
  }

  long total() {
    return byReason.values().stream().mapToLong(Long::longValue).sum();
  }

  String inWords() {
    return byReason.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .collect(Collectors.joining(", "));
  }
}
