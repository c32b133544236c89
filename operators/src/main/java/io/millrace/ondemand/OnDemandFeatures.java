package io.millrace.ondemand;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.online.StoredFeatures;
import io.millrace.online.TextValues;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The on-demand features of one request.
 *
 * @param request what was brought, entities included
 * @param values the group's features in its order; null for one without a value. Classes as {@link
 *     StoredFeatures} names them
 * @param failures why expressions failed, by feature; those features are null
 * @param views what the online store had, by view, with event times; empty where it knows nothing
 *     of the entity: never written, expired, deleted, or null in the request
 */
public record OnDemandFeatures(
    String group,
    Map<String, Object> request,
    Map<String, Object> values,
    Map<String, String> failures,
    Map<String, Optional<StoredFeatures>> views) {

  public OnDemandFeatures {
    request = Collections.unmodifiableMap(new LinkedHashMap<>(request));
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    failures = Collections.unmodifiableMap(new LinkedHashMap<>(failures));
    views = Collections.unmodifiableMap(new LinkedHashMap<>(views));
  }

  /** The views that know nothing of the request's entity. */
  public List<String> unknown() {
    return views.entrySet().stream()
        .filter(view -> view.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * A JSON object with {@code group}, {@code request}, {@code features}, {@code failed} where
   * something did, and {@code views}: event time, revision and age of each, or null.
   */
  public String toJson(Instant now) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = TextValues.JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeStringField("group", group);
      TextValues.writeJson(out, "request", request);
      TextValues.writeJson(out, "features", values);
      if (!failures.isEmpty()) {
        TextValues.writeJson(out, "failed", new LinkedHashMap<>(failures));
      }
      out.writeObjectFieldStart("views");
      for (Map.Entry<String, Optional<StoredFeatures>> view : views.entrySet()) {
        out.writeFieldName(view.getKey());
        if (view.getValue().isEmpty()) {
          out.writeNull();
          continue;
        }
        StoredFeatures stored = view.getValue().get();
        out.writeStartObject();
        out.writeStringField("event_time", stored.eventTime().toString());
        out.writeNumberField("revision", stored.revision());
        out.writeNumberField("age_seconds", BigDecimal.valueOf(stored.age(now).toMillis(), 3));
        out.writeEndObject();
      }
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
