package io.millrace.jobs.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.contracts.TopicContent;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Topics;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How fresh a view is.
 *
 * @param eventTime the newest event that its last vectors take in
 * @param writtenAt when the last of them was written
 */
public record Freshness(Instant eventTime, Instant writtenAt) {
  private static final long LAST_RECORDS = 100;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * By the last vectors on the view's topic; empty when it has none.
   *
   * @throws IOException if Kafka does not answer
   */
  public static Optional<Freshness> of(Topics topics, FeatureViewSpec view) throws IOException {
    Instant eventTime = Instant.MIN;
    Instant writtenAt = Instant.MIN;
    for (ConsumerRecord<byte[], byte[]> record :
        TopicContent.tail(topics, topics.features(view.name()), LAST_RECORDS)) {
      JsonNode time =
          record.value() == null ? null : JSON.readTree(record.value()).get("event_time");
      if (time != null) {
        eventTime = latest(eventTime, Instant.parse(time.asText()));
        writtenAt = latest(writtenAt, Instant.ofEpochMilli(record.timestamp()));
      }
    }
    return writtenAt.equals(Instant.MIN)
        ? Optional.empty()
        : Optional.of(new Freshness(eventTime, writtenAt));
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
