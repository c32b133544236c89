package io.millrace.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds a pipeline file against {@code pipeline.schema.json}, the JSON Schema that editors use too,
 * and says what is wrong in terms of the file. Thread-safe.
 */
final class PipelineShape {

  static final String RESOURCE = "pipeline.schema.json";

  private static final JsonNode DOCUMENT = document();
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(
              DOCUMENT, SchemaValidatorsConfig.builder().pathType(PathType.JSON_POINTER).build());

  private PipelineShape() {}

  private static JsonNode document() {
    try (InputStream in = PipelineShape.class.getResourceAsStream(RESOURCE)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** Problems of shape, in no particular order. Values with missing variables are left out. */
  static List<Problem> check(YamlValue root) {
    Set<ValidationMessage> messages = SCHEMA.validate(root.toJson());
    Set<String> withUnknownKeys = new LinkedHashSet<>();
    for (ValidationMessage message : messages) {
      if (message.getType().equals("additionalProperties")) {
        withUnknownKeys.add(message.getInstanceLocation().toString());
      }
    }
    List<Problem> problems = new ArrayList<>();
    for (ValidationMessage message : messages) {
      if (isInsideAlternative(message.getEvaluationPath())) {
        continue;
      }
      YamlValue value = find(root, message.getInstanceLocation());
      Rule rule = rule(message.getEvaluationPath());
      // A mistyped function name is one mistake, not also a missing function.
      boolean follows =
          rule.keyword.equals("oneOf")
              && (!value.isMap()
                  || withUnknownKeys.contains(message.getInstanceLocation().toString())
                      && presentAlternatives(rule.schema, value).isEmpty());
      if (!follows && value.origin().isComplete()) {
        problems.add(problem(message, rule, value));
      }
    }
    return problems;
  }

  /** A violated keyword and the schema that holds it. */
  private record Rule(JsonNode schema, String title, String keyword) {}

  private static boolean isInsideAlternative(JsonNodePath path) {
    for (int i = 0; i < path.getNameCount() - 1; i++) {
      if ("oneOf".equals(path.getName(i))) {
        return true;
      }
    }
    return false;
  }

  private static YamlValue find(YamlValue root, JsonNodePath path) {
    YamlValue at = root;
    for (int i = 0; i < path.getNameCount(); i++) {
      at = at.child(path.getElement(i));
    }
    return at;
  }

  /**
   * Follows the path by which the validator came; what stands beside a $ref wins over its target.
   */
  private static Rule rule(JsonNodePath path) {
    JsonNode at = DOCUMENT;
    for (int i = 0; i < path.getNameCount() - 1; i++) {
      String step = path.getName(i);
      if (step.equals("$ref")) {
        at = resolve(at);
      } else {
        at = at.isArray() ? at.path(Integer.parseInt(step)) : at.path(step);
      }
    }
    return new Rule(at, at.path("title").asText(), path.getName(path.getNameCount() - 1));
  }

  private static Problem problem(ValidationMessage message, Rule rule, YamlValue value) {
    switch (message.getType()) {
      case "additionalProperties":
        return unknownKey(message.getProperty(), rule, value);
      case "required":
        return missingKey(message.getProperty(), rule, value);
      case "dependentRequired":
        return missingParameter(rule, value);
      case "oneOf":
        return alternatives(rule, value);
      case "enum":
        return notOneOf(rule, value);
      case "uniqueItems":
        return value.problem("a value twice", "every value once", "remove one of the two");
      case "propertyNames":
        return badName(message, value);
      default:
        return value.problem(
            describe(value),
            rule.title,
            firstExample(rule.schema).map(it -> "for example " + it).orElse("correct it"));
    }
  }

  private static String describe(YamlValue value) {
    return Secrets.isSecretPath(value.path()) ? value.describeSecret() : value.describe();
  }

  private static Problem unknownKey(String key, Rule rule, YamlValue map) {
    List<String> known = names(rule.schema.path("properties"));
    YamlValue child = map.nearest(key);
    return child.problem(
        "the unknown key \"" + key + "\"",
        "one of " + String.join(", ", known),
        NearestName.suggestion(key, known, "remove it"));
  }

  private static Problem missingKey(String key, Rule rule, YamlValue map) {
    JsonNode property = resolve(rule.schema.path("properties").path(key));
    String title = property.path("title").asText();
    return map.problem(
        "no \"" + key + "\"",
        title.isEmpty() ? "the key " + key : key + ": " + title,
        "add it" + firstExample(property).map(it -> ", for example " + key + ": " + it).orElse(""));
  }

  private static Problem missingParameter(Rule rule, YamlValue map) {
    JsonNode dependencies = rule.schema.path("dependentRequired");
    for (String key : names(dependencies)) {
      for (JsonNode needed : dependencies.path(key)) {
        if (map.get(key).isPresent() && map.get(needed.asText()).isEmpty()) {
          return missingParameter(key, needed.asText(), rule, map);
        }
      }
    }
    throw new IllegalStateException("no missing parameter at " + map.path());
  }

  private static Problem missingParameter(String key, String needed, Rule rule, YamlValue map) {
    JsonNode property = resolve(rule.schema.path("properties").path(needed));
    return map.problem(
        key + " without " + needed,
        needed + ": " + property.path("title").asText(),
        "add it"
            + firstExample(property).map(it -> ", for example " + needed + ": " + it).orElse(""));
  }

  private static Problem alternatives(Rule rule, YamlValue map) {
    List<String> all = new ArrayList<>();
    rule.schema.path("oneOf").forEach(branch -> all.add(branch.path("required").path(0).asText()));
    List<String> present = presentAlternatives(rule.schema, map);
    return map.problem(
        present.isEmpty() ? "none of them" : String.join(" and ", present),
        "exactly one of " + String.join(", ", all),
        present.isEmpty() ? "add one of them" : "keep one of them");
  }

  private static List<String> presentAlternatives(JsonNode schema, YamlValue map) {
    List<String> present = new ArrayList<>();
    schema
        .path("oneOf")
        .forEach(
            branch -> {
              String key = branch.path("required").path(0).asText();
              if (map.keys().contains(key)) {
                present.add(key);
              }
            });
    return present;
  }

  private static Problem notOneOf(Rule rule, YamlValue value) {
    List<String> allowed = new ArrayList<>();
    rule.schema.path("enum").forEach(choice -> allowed.add(choice.asText()));
    return value.problem(
        describe(value),
        allowed.size() == 1 ? allowed.get(0) : "one of " + String.join(", ", allowed),
        NearestName.suggestion(value.text(), allowed, "choose one of these"));
  }

  private static Problem badName(ValidationMessage message, YamlValue map) {
    String name = message.getProperty();
    YamlValue child = name == null ? map : map.nearest(name);
    return child.problem(
        "the name \"" + name + "\"",
        "a letter, then letters, digits or '_', at most 64 characters",
        "rename it");
  }

  private static Optional<String> firstExample(JsonNode property) {
    JsonNode example = property.path("examples").path(0);
    if (example.isMissingNode()) {
      example = property.path("default");
    }
    if (example.isMissingNode()) {
      return Optional.empty();
    }
    return Optional.of(asYaml(example));
  }

  /** JSON is YAML; without the quotes that YAML does not need. */
  private static String asYaml(JsonNode example) {
    if (example.isArray()) {
      List<String> items = new ArrayList<>();
      example.forEach(item -> items.add(asYaml(item)));
      return items.stream().collect(Collectors.joining(", ", "[", "]"));
    }
    boolean plain =
        example.isTextual() && example.asText().matches("[A-Za-z0-9_][A-Za-z0-9_. /-]*");
    return plain ? example.asText() : example.toString();
  }

  /** The schema with its $ref replaced by the target; its own keys win. */
  private static JsonNode resolve(JsonNode property) {
    JsonNode reference = property.path("$ref");
    if (reference.isMissingNode()) {
      return property;
    }
    JsonNode target = DOCUMENT.at(reference.asText().substring(1));
    ObjectNode merged = target.deepCopy();
    merged.setAll((ObjectNode) property);
    return merged;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
