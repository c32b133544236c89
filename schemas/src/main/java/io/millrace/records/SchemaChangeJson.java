package io.millrace.records;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Schema changes as they stand on their topic: one JSON object each.
 *
 * <pre>{@code
 * {"format":1,"source":"flights","kind":"RENAME","status":"SUGGESTED","field":"departure_delay",
 *  "before":"dep_delay_minutes","after":"departure_delay","confidence":0.93,
 *  "reasons":["..."],"sample":"12","records":150,"contract_version":"1.0.0+3","revision":3,
 *  "decided_by":"policy","time":"2026-01-01T00:00:00Z"}
 * }</pre>
 */
public final class SchemaChangeJson {

  private static final int FORMAT = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private SchemaChangeJson() {}

  public static byte[] encode(SchemaChange change) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = MAPPER.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("source", change.source());
      json.writeStringField("kind", change.kind().name());
      json.writeStringField("status", change.status().name());
      json.writeStringField("field", change.field());
      json.writeStringField("before", change.before());
      json.writeStringField("after", change.after());
      json.writeNumberField("confidence", change.confidence());
      json.writeArrayFieldStart("reasons");
      for (String reason : change.reasons()) {
        json.writeString(reason);
      }
      json.writeEndArray();
      json.writeStringField("sample", change.sample());
      json.writeNumberField("records", change.records());
      json.writeStringField("contract_version", change.contractVersion());
      json.writeNumberField("revision", change.revision());
      json.writeStringField("decided_by", change.decidedBy());
      json.writeStringField("time", Instant.ofEpochMilli(change.timeMillis()).toString());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no schema change, or one of a format that
   *     this release does not know
   */
  public static SchemaChange decode(byte[] bytes) {
    try {
      JsonNode json = Json.ofFormat(MAPPER.readTree(bytes), FORMAT);
      List<String> reasons = new ArrayList<>();
      json.path("reasons").forEach(reason -> reasons.add(reason.asText()));
      return new SchemaChange(
          Json.text(json, "source"),
          SchemaChange.Kind.valueOf(Json.text(json, "kind")),
          SchemaChange.Status.valueOf(Json.text(json, "status")),
          Json.text(json, "field"),
          Json.text(json, "before"),
          Json.text(json, "after"),
          json.path("confidence").asDouble(1.0),
          reasons,
          json.path("sample").asText(""),
          json.path("records").asLong(0),
          Json.text(json, "contract_version"),
          (int) Json.number(json, "revision"),
          Json.text(json, "decided_by"),
          Instant.parse(Json.text(json, "time")).toEpochMilli());
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a schema change: " + e.getMessage(), e);
    }
  }
}
