package io.millrace.records;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Messages about contracts as they stand on the control topic: one JSON object each, told from
 * other messages there by {@code "about":"contract"}.
 *
 * <pre>{@code
 * {"format":1,"about":"contract","id":"...","action":"approve","subject":"rename",
 *  "source":"flights","field":"departure_delay","target":"dep_delay_minutes",
 *  "sent_by":"ana","time":"2026-01-01T00:00:00Z"}
 * }</pre>
 */
public final class ControlMessageJson {

  private static final int FORMAT = 1;
  private static final String ABOUT = "contract";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ControlMessageJson() {}

  public static byte[] encode(ControlMessage message) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = MAPPER.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("about", ABOUT);
      json.writeStringField("id", message.id());
      json.writeStringField("action", message.action().name().toLowerCase(Locale.ROOT));
      json.writeStringField("subject", message.subject().name().toLowerCase(Locale.ROOT));
      json.writeStringField("source", message.source());
      json.writeStringField("field", message.field());
      json.writeStringField("target", message.target());
      json.writeStringField("sent_by", message.sentBy());
      json.writeStringField("time", Instant.ofEpochMilli(message.timeMillis()).toString());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /**
   * @return empty for a message about something else
   * @throws IllegalArgumentException if the bytes are no control message, or one of a format that
   *     this release does not know
   */
  public static Optional<ControlMessage> decode(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      if (!Json.text(json, "about").equals(ABOUT)) {
        return Optional.empty();
      }
      Json.ofFormat(json, FORMAT);
      return Optional.of(
          new ControlMessage(
              Json.text(json, "id"),
              ControlMessage.Action.valueOf(upper(json, "action")),
              ControlMessage.Subject.valueOf(upper(json, "subject")),
              Json.text(json, "source"),
              Json.text(json, "field"),
              json.path("target").asText(""),
              json.path("sent_by").asText(""),
              Instant.parse(Json.text(json, "time")).toEpochMilli()));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a control message: " + e.getMessage(), e);
    }
  }

  private static String upper(JsonNode json, String name) {
    return Json.text(json, name).toUpperCase(Locale.ROOT);
  }
}
