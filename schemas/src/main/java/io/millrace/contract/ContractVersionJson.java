package io.millrace.contract;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;

/**
 * Contract versions as they stand on their topic and in state: one JSON object each.
 *
 * <pre>{@code
 * {"format":1,"source":"flights","contract":"flights","file_version":"1.0.0",
 *  "file_fingerprint":"0123456789abcdef","revision":3,"created":"2026-01-01T00:00:00Z",
 *  "reason":"...",
 *  "fields":[
 *    {"name":"carrier","type":"VARCHAR(2147483647) NOT NULL","key":1,"classification":"public",
 *     "description":"...","aliases":["airline"]},
 *    {"name":"gate","type":"VARCHAR(2147483647)","origin":"evolved","status":"active",
 *     "first_seen":"2013-01-01T10:15:00Z","sample":"\"B12\"","confidence":0.98}],
 *  "rejections":[{"alias":"plane","field":"tailnum"}],
 *  "controls":["..."]}
 * }</pre>
 *
 * <p>What is at its default is left out. Unknown keys are passed over, so that a reader of this
 * format stands a writer that adds some.
 */
public final class ContractVersionJson {

  private static final int FORMAT = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ContractVersionJson() {}

  public static byte[] encode(ContractVersion version) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256 + version.fields().size() * 128);
    try (JsonGenerator json = MAPPER.createGenerator(out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeNumberField("format", FORMAT);
      json.writeStringField("source", version.source());
      json.writeStringField("contract", version.contract());
      json.writeStringField("file_version", version.fileVersion());
      json.writeStringField("file_fingerprint", version.fileFingerprint());
      json.writeNumberField("revision", version.revision());
      json.writeStringField("created", Instant.ofEpochMilli(version.createdMillis()).toString());
      json.writeStringField("reason", version.reason());
      json.writeArrayFieldStart("fields");
      for (VersionedField field : version.fields()) {
        write(json, field);
      }
      json.writeEndArray();
      if (!version.rejections().isEmpty()) {
        json.writeArrayFieldStart("rejections");
        for (ContractVersion.Rejection rejection : sorted(version.rejections())) {
          json.writeStartObject();
          json.writeStringField("alias", rejection.alias());
          json.writeStringField("field", rejection.field());
          json.writeEndObject();
        }
        json.writeEndArray();
      }
      if (!version.controls().isEmpty()) {
        json.writeArrayFieldStart("controls");
        for (String id : version.controls()) {
          json.writeString(id);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
    return out.toByteArray();
  }

  private static List<ContractVersion.Rejection> sorted(Set<ContractVersion.Rejection> rejections) {
    return rejections.stream()
        .sorted(
            java.util.Comparator.comparing(ContractVersion.Rejection::alias)
                .thenComparing(ContractVersion.Rejection::field))
        .toList();
  }

  private static void write(JsonGenerator json, VersionedField field) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", field.name());
    json.writeStringField("type", field.type().asSerializableString());
    if (field.primaryKeyPosition() > 0) {
      json.writeNumberField("key", field.primaryKeyPosition());
    }
    writeUnlessEmpty(json, "classification", field.classification());
    writeUnlessEmpty(json, "description", field.description());
    if (!field.aliases().isEmpty()) {
      json.writeArrayFieldStart("aliases");
      for (String alias : field.aliases()) {
        json.writeString(alias);
      }
      json.writeEndArray();
    }
    if (!field.isFromFile()) {
      json.writeStringField("origin", keyword(field.origin()));
      json.writeStringField("status", keyword(field.status()));
      json.writeStringField("first_seen", Instant.ofEpochMilli(field.firstSeenMillis()).toString());
      json.writeStringField("sample", field.sample());
      json.writeNumberField("confidence", field.confidence());
    }
    json.writeEndObject();
  }

  private static void writeUnlessEmpty(JsonGenerator json, String name, String text)
      throws IOException {
    if (!text.isEmpty()) {
      json.writeStringField(name, text);
    }
  }

  /**
   * @throws IllegalArgumentException if the bytes are no contract version, or one of a format that
   *     this release does not know
   */
  public static ContractVersion decode(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      int format = (int) Json.number(json, "format");
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "format " + format + ", but this release reads format " + FORMAT + " only");
      }
      List<VersionedField> fields = new ArrayList<>();
      for (JsonNode field : Json.required(json, "fields")) {
        fields.add(field(field));
      }
      Set<ContractVersion.Rejection> rejections = new HashSet<>();
      for (JsonNode each : json.path("rejections")) {
        rejections.add(
            new ContractVersion.Rejection(Json.text(each, "alias"), Json.text(each, "field")));
      }
      return new ContractVersion(
          Json.text(json, "source"),
          Json.text(json, "contract"),
          Json.text(json, "file_version"),
          Json.text(json, "file_fingerprint"),
          (int) Json.number(json, "revision"),
          Instant.parse(Json.text(json, "created")).toEpochMilli(),
          Json.text(json, "reason"),
          fields,
          rejections,
          texts(json.path("controls")));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("not a contract version: " + e.getMessage(), e);
    }
  }

  private static VersionedField field(JsonNode json) {
    boolean fromFile = !json.has("origin");
    return new VersionedField(
        Json.text(json, "name"),
        LogicalTypeParser.parse(
            Json.text(json, "type"), ContractVersionJson.class.getClassLoader()),
        json.path("key").asInt(0),
        json.path("classification").asText(""),
        json.path("description").asText(""),
        texts(json.path("aliases")),
        fromFile
            ? VersionedField.Origin.FILE
            : VersionedField.Origin.valueOf(Json.text(json, "origin").toUpperCase(Locale.ROOT)),
        fromFile
            ? VersionedField.Status.ACTIVE
            : VersionedField.Status.valueOf(Json.text(json, "status").toUpperCase(Locale.ROOT)),
        fromFile ? 0 : Instant.parse(Json.text(json, "first_seen")).toEpochMilli(),
        json.path("sample").asText(""),
        json.path("confidence").asDouble(1.0));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private static String keyword(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
