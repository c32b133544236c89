package io.millrace.records;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Dead letters as they stand on their topic: one JSON object each.
 *
 * <pre>{@code
 * {"pipeline":"flights","source":"flights","view":"carrier_delay",    // view: if one refused it
 *  "reason":"WRONG_TYPE","field":"flight","message":"...",
 *  "contract":"flights","contract_version":"1.0.0+3","time":"2013-01-01T10:15:00Z",
 *  "replays":1,                                                        // if there were any
 *  "topic":"flights","partition":0,"offset":42,                        // or "table" and "lsn"
 *  "headers":[{"name":"trace","value_base64":"...","value_text":"..."}],   // if there are any
 *  "key_base64":"...","key_text":"...",
 *  "raw_is":"row",                                  // if it is not the record: row, columns, vector
 *  "raw_size":17,"raw_base64":"...","raw_text":"..."}
 * }</pre>
 *
 * <p>Letters of before there were pipelines, views, replays and headers are read as ones without.
 *
 * <p>{@code raw_base64} is the truth; {@code raw_text} is there for people, and left out when the
 * bytes are not UTF-8 or longer than {@value #MAX_TEXT_BYTES} bytes. A value that was cut off also
 * has {@code "raw_truncated":true} and {@code raw_sha256} of the whole.
 */
public final class DeadLetterJson {

  static final int MAX_TEXT_BYTES = 16 * 1024;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private DeadLetterJson() {}

  public static byte[] encode(DeadLetter letter) {
    DeadLetter.Coordinates at = letter.coordinates();
    DeadLetter.Raw raw = letter.raw();
    ByteArrayOutputStream out = new ByteArrayOutputStream(512 + raw.bytes().length * 3 / 2);
    try (JsonGenerator json = MAPPER.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeStringField("pipeline", letter.pipeline());
      json.writeStringField("source", letter.source());
      if (!letter.view().isEmpty()) {
        json.writeStringField("view", letter.view());
      }
      json.writeStringField("reason", letter.reason().name());
      json.writeStringField("field", letter.field());
      json.writeStringField("message", letter.message());
      json.writeStringField("contract", letter.contract());
      json.writeStringField("contract_version", letter.contractVersion());
      json.writeStringField("time", Instant.ofEpochMilli(letter.timeMillis()).toString());
      if (at.replays() > 0) {
        json.writeNumberField("replays", at.replays());
      }
      if (at.isTable()) {
        json.writeStringField("table", at.place());
        json.writeNumberField("lsn", at.position());
      } else {
        json.writeStringField("topic", at.place());
        json.writeNumberField("partition", at.partition());
        json.writeNumberField("offset", at.position());
      }
      writeHeaders(json, at.headers());
      writeBytes(json, "key", at.key());
      json.writeNumberField("raw_size", raw.size());
      if (raw.isTruncated()) {
        json.writeBooleanField("raw_truncated", true);
        json.writeStringField("raw_sha256", raw.sha256());
      }
      if (raw.content() != DeadLetter.Raw.Content.RECORD) {
        json.writeStringField("raw_is", raw.content().name().toLowerCase(Locale.ROOT));
      }
      writeBytes(json, "raw", raw.bytes());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /**
   * @throws IllegalArgumentException if the bytes are not a dead letter
   */
  public static DeadLetter decode(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      byte[] key = Base64.getDecoder().decode(Json.text(json, "key_base64"));
      DeadLetter.Coordinates coordinates =
          json.has("table")
              ? DeadLetter.Coordinates.table(
                  Json.text(json, "table"), Json.number(json, "lsn"), key)
              : DeadLetter.Coordinates.kafka(
                  Json.text(json, "topic"),
                  (int) Json.number(json, "partition"),
                  Json.number(json, "offset"),
                  key,
                  headers(json.path("headers")));
      return new DeadLetter(
          json.path("pipeline").asText(""),
          Json.text(json, "source"),
          json.path("view").asText(""),
          DeadLetterReason.valueOf(Json.text(json, "reason")),
          Json.text(json, "field"),
          Json.text(json, "message"),
          Json.text(json, "contract"),
          Json.text(json, "contract_version"),
          Instant.parse(Json.text(json, "time")).toEpochMilli(),
          coordinates.afterReplays(json.path("replays").asInt(0)),
          new DeadLetter.Raw(
              Base64.getDecoder().decode(Json.text(json, "raw_base64")),
              Json.number(json, "raw_size"),
              json.path("raw_sha256").asText(""),
              DeadLetter.Raw.Content.valueOf(
                  json.path("raw_is").asText("record").toUpperCase(Locale.ROOT))));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a dead letter: " + e.getMessage(), e);
    }
  }

  private static void writeHeaders(JsonGenerator json, List<DeadLetter.Header> headers)
      throws IOException {
    if (headers.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("headers");
    for (DeadLetter.Header header : headers) {
      json.writeStartObject();
      json.writeStringField("name", header.name());
      writeBytes(json, "value", header.value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static List<DeadLetter.Header> headers(JsonNode json) {
    List<DeadLetter.Header> headers = new ArrayList<>();
    for (JsonNode header : json) {
      headers.add(
          new DeadLetter.Header(
              Json.text(header, "name"),
              Base64.getDecoder().decode(Json.text(header, "value_base64"))));
    }
    return headers;
  }

  private static void writeBytes(JsonGenerator json, String name, byte[] bytes) throws IOException {
    json.writeFieldName(name + "_base64");
    json.writeString(Base64.getEncoder().encodeToString(bytes));
    Optional<String> text = textOf(bytes);
    if (text.isPresent()) {
      json.writeStringField(name + "_text", text.get());
    }
  }

  private static Optional<String> textOf(byte[] bytes) {
    if (bytes.length > MAX_TEXT_BYTES) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
