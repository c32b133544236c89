package io.millrace.records;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Replays as they stand on their topic: one JSON object each.
 *
 * <pre>{@code
 * {"format":1,"letter_id":"0-42","letter":{...}}      // the letter as DeadLetterJson writes it
 * }</pre>
 */
public final class ReplayJson {

  private static final int FORMAT = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ReplayJson() {}

  public static byte[] encode(Replay replay) {
    byte[] letter = DeadLetterJson.encode(replay.letter());
    ByteArrayOutputStream out = new ByteArrayOutputStream(letter.length + 64);
    try (JsonGenerator json = MAPPER.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("letter_id", replay.letterId());
      json.writeFieldName("letter");
      json.writeTree(MAPPER.readTree(letter));
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the bytes are no replay
   */
  public static Replay decode(byte[] bytes) {
    try {
      JsonNode json = Json.ofFormat(MAPPER.readTree(bytes), FORMAT);
      JsonNode letter = json.path("letter");
      return new Replay(
          Json.text(json, "letter_id"), DeadLetterJson.decode(MAPPER.writeValueAsBytes(letter)));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a replay: " + e.getMessage(), e);
    }
  }
}
