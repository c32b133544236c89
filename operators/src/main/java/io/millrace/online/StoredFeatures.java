package io.millrace.online;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.RowType;

/**
 * The features of one entity as they were found in the online store.
 *
 * @param entity the entity's fields and their values, in the view's order
 * @param values the view's features in its order; null for a feature without a value. Classes:
 *     String, Boolean, Byte to Long, Float, Double, BigDecimal, byte[], LocalDate, LocalTime,
 *     LocalDateTime, Instant and List
 * @param eventTime the newest moment that the values take in
 * @param revision how many changes of the entity the values take in
 */
public record StoredFeatures(
    String view,
    Map<String, Object> entity,
    Map<String, Object> values,
    Instant eventTime,
    long revision) {

  static StoredFeatures of(FeatureSchema schema, List<?> entity, StoredValues stored) {
    return new StoredFeatures(
        schema.view(),
        named(schema.entity(), entity),
        named(schema.values(), Arrays.asList(stored.values())),
        stored.eventTime(),
        stored.revision());
  }

  private static Map<String, Object> named(RowType type, List<?> values) {
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      named.put(type.getFields().get(i).getName(), values.get(i));
    }
    return Collections.unmodifiableMap(named);
  }

  /** Time from the event to {@code now}. */
  public Duration age(Instant now) {
    return Duration.between(eventTime, now);
  }

  /**
   * A JSON object with {@code view}, {@code entity}, {@code features}, {@code event_time}, {@code
   * revision} and {@code age_seconds}; values as on the feature topic, see {@link FeatureJson}.
   */
  public String toJson(Instant now) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = TextValues.JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeStringField("view", view);
      TextValues.writeJson(out, "entity", entity);
      TextValues.writeJson(out, "features", values);
      out.writeStringField("event_time", eventTime.toString());
      out.writeNumberField("revision", revision);
      out.writeNumberField("age_seconds", BigDecimal.valueOf(age(now).toMillis(), 3));
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
