package io.millrace.online;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Vectors on the feature topic: an upsert changelog, so that the newest record of each key is the
 * entity as it is, and a key whose newest record has no value is deleted.
 *
 * <pre>
 * key    {"carrier":"UA"}
 * value  {"view":"carrier_delay","entity":{"carrier":"UA"},
 *         "features":{"departures_1h":12,"delay_mean_1h":3.25,"routes_24h":null},
 *         "event_time":"2013-01-01T10:15:00Z","revision":4711}
 * </pre>
 *
 * <p>Times are ISO-8601 strings, bytes base64; NaN and the infinities, for which JSON has no
 * number, are the strings {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}. Numbers are as
 * exact as the feature: read decimals and 64-bit integers with a parser that keeps them.
 */
public final class FeatureJson implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String view;
  private final List<String> entityNames;
  private final List<JavaValues.Getter> entityGetters;
  private final List<String> valueNames;
  private final List<JavaValues.Getter> valueGetters;

  /**
   * @throws IllegalArgumentException for a type without JSON form
   */
  public FeatureJson(FeatureSchema schema) {
    view = schema.view();
    entityNames = names(schema.entity());
    entityGetters = JavaValues.getters("view " + view, schema.entity());
    valueNames = names(schema.values());
    valueGetters = JavaValues.getters("view " + view, schema.values());
  }

  private static List<String> names(RowType type) {
    return List.copyOf(type.getFieldNames());
  }

  /** UTF-8 JSON of the entity, the same bytes for the same entity. */
  public byte[] key(FeatureVector vector) {
    return json(out -> object(out, entityNames, entityGetters, vector.entity()));
  }

  /** UTF-8 JSON of the vector; null for a delete. */
  public byte[] value(FeatureVector vector) {
    if (vector.deleted()) {
      return null;
    }
    return json(
        out -> {
          out.writeStartObject();
          out.writeStringField("view", view);
          out.writeFieldName("entity");
          object(out, entityNames, entityGetters, vector.entity());
          out.writeFieldName("features");
          object(out, valueNames, valueGetters, vector.values());
          out.writeStringField(
              "event_time", Instant.ofEpochMilli(vector.eventTimeMillis()).toString());
          out.writeNumberField("revision", vector.revision());
          out.writeEndObject();
        });
  }

  private interface Content {
    void write(JsonGenerator out) throws IOException;
  }

  private static byte[] json(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator out = TextValues.JSON.createGenerator(bytes)) {
      content.write(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static void object(
      JsonGenerator out, List<String> names, List<JavaValues.Getter> getters, RowData row)
      throws IOException {
    out.writeStartObject();
    for (int i = 0; i < names.size(); i++) {
      out.writeFieldName(names.get(i));
      TextValues.writeJson(out, getters.get(i).get(row));
    }
    out.writeEndObject();
  }
}
