package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What editors need of the JSON Schema, and that the README's table says the same. */
class PipelineSchemaTest {

  private static final Path README = Path.of("README.md");
  private static final String BEGIN = "<!-- keys: generated from pipeline.schema.json -->\n";
  private static final String END = "<!-- end of keys -->\n";

  private final JsonNode schema = read();

  @Test
  void shouldBeAValidSchemaItself() {
    String metaSchema = "https://json-schema.org/draft/2020-12/schema";

    assertThat(
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(SchemaLocation.of(metaSchema))
                .validate(schema.toString(), InputFormat.JSON))
        .isEmpty();
    assertThat(schema.path("$schema").asText()).isEqualTo(metaSchema);
  }

  @Test
  void shouldDescribeEveryKeyAndRefuseOthers() {
    for (JsonNode object : objects()) {
      if (!object.has("properties")) {
        continue;
      }
      // Maps of a client's properties are open: the client knows more of them than we name.
      assertThat(
              object.path("additionalProperties").isObject()
                  || !object.path("additionalProperties").asBoolean(true))
          .as(object.path("title").asText())
          .isTrue();
      object
          .path("properties")
          .properties()
          .forEach(
              property -> {
                JsonNode resolved = resolve(property.getValue());
                assertThat(resolved.path("title").asText()).as(property.getKey()).isNotEmpty();
                if (!List.of("sources", "features").contains(property.getKey())) {
                  assertThat(resolved.path("description").asText())
                      .as(property.getKey())
                      .isNotEmpty();
                }
              });
    }
  }

  @Test
  void shouldKnowEveryAggregateFunction() {
    JsonNode aggregation = schema.at("/$defs/aggregation");

    assertThat(aggregation.path("oneOf"))
        .extracting(branch -> branch.path("required").path(0).asText())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(AggregateFunction.values()).map(AggregateFunction::keyword).toList());
  }

  @Test
  void shouldOfferEveryChoice() {
    assertThat(choices("/$defs/online/properties/layout"))
        .isEqualTo(names(FeatureViewSpec.Layout.values()));
    assertThat(choices("/$defs/topics/properties/delivery"))
        .isEqualTo(names(Topics.Delivery.values()));
    assertThat(choices("/$defs/kafka/properties/start_from"))
        .isEqualTo(names(KafkaOrigin.StartFrom.values()));
    assertThat(choices("/$defs/kafka/properties/format"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(KafkaOrigin.Format.values()).map(KafkaOrigin.Format::keyword).toList());
  }

  @Test
  void shouldKnowEveryStatisticAndReferenceOfDrift() {
    assertThat(choices("/$defs/drift_statistics/items")).isEqualTo(names(DriftStatistic.values()));
    assertThat(schema.at("/$defs/drift_reference/oneOf"))
        .extracting(branch -> branch.path("required").path(0).asText())
        .containsExactlyInAnyOrderElementsOf(names(DriftReference.Kind.values()));
  }

  @Test
  void shouldKnowEveryComparisonOfFields() {
    TreeSet<String> comparisons = names(FieldComparator.values());

    assertThat(choices("/$defs/comparison/properties/by")).isEqualTo(comparisons);
    assertThat(
            schema.at("/$defs/comparison/pattern").asText().replaceAll("[$^()]", "").split("\\|"))
        .containsExactlyInAnyOrderElementsOf(comparisons);
  }

  @Test
  void shouldGiveExamplesThatItAccepts() {
    for (JsonNode object : objects()) {
      object
          .path("properties")
          .properties()
          .forEach(
              property -> {
                JsonNode resolved = resolve(property.getValue()).deepCopy();
                ((ObjectNode) resolved).set("$defs", schema.path("$defs"));
                var validator =
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(resolved);
                for (JsonNode example : resolved.path("examples")) {
                  assertThat(validator.validate(example))
                      .as(property.getKey() + ": " + example)
                      .isEmpty();
                }
                if (resolved.has("default")) {
                  assertThat(validator.validate(resolved.path("default")))
                      .as(property.getKey())
                      .isEmpty();
                }
              });
    }
  }

  @Test
  void shouldBeWrittenOutInTheReadme() throws IOException {
    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    String table = table();
    if (Boolean.getBoolean("millrace.update")) {
      Files.writeString(README, readme.substring(0, begin) + table + readme.substring(end));
      return;
    }

    assertThat(readme.substring(begin, end))
        .as(
            "the table in schemas/README.md; write it anew with"
                + " mvn -pl schemas test -Dtest=PipelineSchemaTest -Dmillrace.update=true")
        .isEqualTo(table);
  }

  /** Every key with its path, in the order of the schema. */
  private String table() {
    StringBuilder table =
        new StringBuilder("\n| key | value | default | meaning |\n|---|---|---|---|\n");
    rows("", schema, table);
    return table.append('\n').toString();
  }

  private void rows(String path, JsonNode object, StringBuilder table) {
    for (Map.Entry<String, JsonNode> property : object.path("properties").properties()) {
      JsonNode value = resolve(property.getValue());
      List<String> required = new ArrayList<>();
      object.path("required").forEach(key -> required.add(key.asText()));
      String fallback =
          required.contains(property.getKey())
              ? "required"
              : value.has("default") ? "`" + value.path("default").asText() + "`" : "";
      String description = value.path("description").asText();
      table
          .append("| `")
          .append(path)
          .append(property.getKey())
          .append("` | ")
          .append(escape(kind(value)))
          .append(" | ")
          .append(fallback)
          .append(" | ")
          .append(escape(description))
          .append(" |\n");
      rows(path + property.getKey() + ".", value, table);
      if (value.path("additionalProperties").has("$ref")) {
        rows(path + property.getKey() + ".*.", resolve(value.path("additionalProperties")), table);
      }
    }
  }

  private static String kind(JsonNode value) {
    if (value.has("enum")) {
      List<String> choices = new ArrayList<>();
      value.path("enum").forEach(choice -> choices.add("`" + choice.asText() + "`"));
      return String.join(" or ", choices);
    }
    return value.path("title").asText();
  }

  private static String escape(String text) {
    return text.replace("|", "\\|").replace("<", "\\<").replace("*", "\\*");
  }

  private List<JsonNode> objects() {
    List<JsonNode> objects = new ArrayList<>();
    objects.add(schema);
    schema.path("$defs").forEach(objects::add);
    return objects;
  }

  private JsonNode resolve(JsonNode property) {
    if (!property.has("$ref")) {
      return property;
    }
    ObjectNode merged = schema.at(property.path("$ref").asText().substring(1)).deepCopy();
    merged.setAll((ObjectNode) property);
    merged.remove("$ref");
    return merged;
  }

  private TreeSet<String> choices(String pointer) {
    TreeSet<String> choices = new TreeSet<>();
    schema.at(pointer).path("enum").forEach(choice -> choices.add(choice.asText()));
    return choices;
  }

  private static TreeSet<String> names(Enum<?>[] constants) {
    TreeSet<String> names = new TreeSet<>();
    for (Enum<?> constant : constants) {
      names.add(constant.name().toLowerCase(Locale.ROOT));
    }
    return names;
  }

  private static JsonNode read() {
    try (InputStream in = PipelineFile.class.getResourceAsStream("pipeline.schema.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }
}
