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
 * Rounds of the consistency check as they stand on their topic: one JSON object each.
 *
 * <pre>{@code
 * {"format":1,"pipeline":"flights","view":"carrier_delay","outcome":"SKEWED",
 *  "at":"2026-01-01T10:15:00Z","duration_seconds":4.312,"entities":16,"compared":15,"equal":14,
 *  "different":1,"missing":0,"not_yet_in_history":1,"changed_meanwhile":0,"values":75,
 *  "histories":["topic flights"],"failure":""}
 * }</pre>
 */
public final class ConsistencyRoundJson {

  private static final int FORMAT = 1;
  private static final double MILLIS = 1e3;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ConsistencyRoundJson() {}

  public static byte[] encode(ConsistencyRound round) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(384);
    try (JsonGenerator json = MAPPER.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("pipeline", round.pipeline());
      json.writeStringField("view", round.view());
      json.writeStringField("outcome", round.outcome().name());
      json.writeStringField("at", Instant.ofEpochMilli(round.atMillis()).toString());
      json.writeNumberField("duration_seconds", round.durationMillis() / MILLIS);
      json.writeNumberField("entities", round.entities());
      json.writeNumberField("compared", round.compared());
      json.writeNumberField("equal", round.equal());
      json.writeNumberField("different", round.different());
      json.writeNumberField("missing", round.missing());
      json.writeNumberField("not_yet_in_history", round.notYetInHistory());
      json.writeNumberField("changed_meanwhile", round.changedMeanwhile());
      json.writeNumberField("values", round.values());
      json.writeArrayFieldStart("histories");
      for (String history : round.histories()) {
        json.writeString(history);
      }
      json.writeEndArray();
      json.writeStringField("failure", round.failure());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no such round, or one of a format that this
   *     release does not know
   */
  public static ConsistencyRound decode(byte[] bytes) {
    try {
      JsonNode json = Json.ofFormat(MAPPER.readTree(bytes), FORMAT);
      List<String> histories = new ArrayList<>();
      json.path("histories").forEach(history -> histories.add(history.asText()));
      return new ConsistencyRound(
          Json.text(json, "pipeline"),
          Json.text(json, "view"),
          Instant.parse(Json.text(json, "at")).toEpochMilli(),
          Math.round(json.path("duration_seconds").asDouble() * MILLIS),
          Json.number(json, "entities"),
          Json.number(json, "compared"),
          Json.number(json, "equal"),
          Json.number(json, "different"),
          Json.number(json, "missing"),
          Json.number(json, "not_yet_in_history"),
          Json.number(json, "changed_meanwhile"),
          Json.number(json, "values"),
          histories,
          Json.text(json, "failure"));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a round of consistency: " + e.getMessage(), e);
    }
  }
}
