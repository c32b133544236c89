package io.millrace.records;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;

/**
 * Quality results as they stand on their topic: one JSON object each.
 *
 * <pre>{@code
 * {"format":1,"source":"flights","rule":"carrier.pattern","field":"carrier",
 *  "expected":"a match of ^[A-Z0-9]{2}$","bound":"= 0 rows",
 *  "window_start":"2013-01-01T10:15:00Z","window_end":"2013-01-01T10:20:00Z",
 *  "checked":120,"failed":3,"pass_rate":0.975,"passed":false}
 * }</pre>
 */
public final class QualityResultJson {

  private static final int FORMAT = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private QualityResultJson() {}

  public static byte[] encode(QualityResult result) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(384);
    try (JsonGenerator json = MAPPER.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("source", result.source());
      json.writeStringField("rule", result.rule());
      json.writeStringField("field", result.field());
      json.writeStringField("expected", result.expected());
      json.writeStringField("bound", result.bound());
      json.writeStringField(
          "window_start", Instant.ofEpochMilli(result.windowStartMillis()).toString());
      json.writeStringField(
          "window_end", Instant.ofEpochMilli(result.windowEndMillis()).toString());
      json.writeNumberField("checked", result.checked());
      json.writeNumberField("failed", result.failed());
      json.writeNumberField("pass_rate", result.passRate());
      json.writeBooleanField("passed", result.passed());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no quality result, or one of a format that
   *     this release does not know
   */
  public static QualityResult decode(byte[] bytes) {
    try {
      JsonNode json = Json.ofFormat(MAPPER.readTree(bytes), FORMAT);
      return new QualityResult(
          Json.text(json, "source"),
          Json.text(json, "rule"),
          Json.text(json, "field"),
          Json.text(json, "expected"),
          Json.text(json, "bound"),
          Instant.parse(Json.text(json, "window_start")).toEpochMilli(),
          Instant.parse(Json.text(json, "window_end")).toEpochMilli(),
          Json.number(json, "checked"),
          Json.number(json, "failed"),
          json.path("passed").asBoolean());
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a quality result: " + e.getMessage(), e);
    }
  }
}
