package io.millrace.records;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Java records as JSON objects. Names are in snake case; {@code ...Millis} of the outermost record
 * lose that ending and are written as instants, -1 as null; numbers that are not finite are null,
 * and null is NaN. Fields that a record does not know are passed over, so that readers may be older
 * than writers.
 */
final class RecordJson {

  private static final int FORMAT = 1;
  private static final String MILLIS = "_millis";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
          .addModule(
              new SimpleModule()
                  .addSerializer(Double.TYPE, new FiniteSerializer())
                  .addDeserializer(Double.TYPE, new FiniteDeserializer()))
          .build();

  private RecordJson() {}

  /**
   * @param tag name of the field that tells records of one topic apart
   */
  static byte[] encode(String tag, String kind, Object value) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("format", FORMAT);
    json.put(tag, kind);
    for (var field : MAPPER.valueToTree(value).properties()) {
      String name = field.getKey();
      if (!name.endsWith(MILLIS)) {
        json.set(name, field.getValue());
      } else if (field.getValue().asLong() == -1) {
        json.putNull(name.substring(0, name.length() - MILLIS.length()));
      } else {
        json.put(
            name.substring(0, name.length() - MILLIS.length()),
            Instant.ofEpochMilli(field.getValue().asLong()).toString());
      }
    }
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree can be written", impossible);
    }
  }

  /**
   * @throws IllegalArgumentException if the bytes are no JSON object
   */
  static ObjectNode tree(byte[] bytes) {
    try {
      if (MAPPER.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException("not a JSON object");
    } catch (IOException malformed) {
      throw new IllegalArgumentException("not JSON: " + malformed.getMessage(), malformed);
    }
  }

  /**
   * @throws IllegalArgumentException if it is not such a record
   */
  static <T> T decode(ObjectNode json, Class<T> type) {
    if (json.path("format").asInt() != FORMAT) {
      throw new IllegalArgumentException(
          "format "
              + json.path("format")
              + " of a "
              + type.getSimpleName()
              + ", this release knows "
              + FORMAT);
    }
    ObjectNode tree = json.deepCopy();
    List<String> times = new ArrayList<>();
    for (var component : type.getRecordComponents()) {
      if (component.getName().endsWith("Millis")) {
        String name = component.getName();
        times.add(
            PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(
                name.substring(0, name.length() - "Millis".length())));
      }
    }
    try {
      for (String name : times) {
        JsonNode time = tree.remove(name);
        if (time == null) {
          throw new IllegalArgumentException("no field '" + name + "'");
        }
        tree.put(name + MILLIS, time.isNull() ? -1 : Instant.parse(time.asText()).toEpochMilli());
      }
      return MAPPER.treeToValue(tree, type);
    } catch (JsonProcessingException | DateTimeParseException malformed) {
      throw new IllegalArgumentException(
          "not a " + type.getSimpleName() + ": " + malformed.getMessage(), malformed);
    }
  }

  private static final class FiniteSerializer extends StdSerializer<Double> {
    private static final long serialVersionUID = 1L;

    FiniteSerializer() {
      super(Double.TYPE, false);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  private static final class FiniteDeserializer extends StdDeserializer<Double> {
    private static final long serialVersionUID = 1L;

    FiniteDeserializer() {
      super(Double.TYPE);
    }

    @Override
    public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return json.getDoubleValue();
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }
}
