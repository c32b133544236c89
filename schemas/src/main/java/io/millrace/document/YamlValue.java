package io.millrace.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A value of a YAML file that knows its place. Immutable. */
public final class YamlValue {

  /** What a value is; scalars by YAML's core schema. */
  public enum Kind {
    MAP("a map"),
    LIST("a list"),
    TEXT("the text"),
    INTEGER("the number"),
    DECIMAL("the number"),
    BOOLEAN("the truth value"),
    NULL("nothing");

    private final String noun;

    Kind(String noun) {
      this.noun = noun;
    }
  }

  private final String file;
  private final int line;
  private final String path;
  private final Kind kind;
  private final Environment.Resolved text;
  private final Map<String, YamlValue> entries;
  private final List<YamlValue> items;

  YamlValue(
      String file,
      int line,
      String path,
      Kind kind,
      String text,
      Map<String, YamlValue> entries,
      List<YamlValue> items) {
    this(file, line, path, kind, Environment.Resolved.unchanged(text), entries, items);
  }

  private YamlValue(
      String file,
      int line,
      String path,
      Kind kind,
      Environment.Resolved text,
      Map<String, YamlValue> entries,
      List<YamlValue> items) {
    this.file = file;
    this.line = line;
    this.path = path;
    this.kind = kind;
    this.text = text;
    this.entries = entries;
    this.items = items;
  }

  public Kind kind() {
    return kind;
  }

  public boolean isMap() {
    return kind == Kind.MAP;
  }

  public boolean isList() {
    return kind == Kind.LIST;
  }

  public boolean isScalar() {
    return !isMap() && !isList() && kind != Kind.NULL;
  }

  /** Line of the key that holds this value, or of the value itself in a list; from 1. */
  public int line() {
    return line;
  }

  /** For example {@code features.carrier_delay.entity[0]}. */
  public String path() {
    return path;
  }

  /** A scalar's text, without quotes; empty for maps, lists and null. */
  public String text() {
    return text.value();
  }

  /** What of {@link #text} comes from the file and not from the environment. */
  public Environment.Resolved origin() {
    return text;
  }

  /**
   * The same value with placeholders replaced. A value with a missing variable keeps its place and
   * an incomplete text.
   */
  public YamlValue resolve(Environment environment, Consumer<Problem> problems) {
    Map<String, YamlValue> newEntries = new LinkedHashMap<>();
    entries.forEach((key, value) -> newEntries.put(key, value.resolve(environment, problems)));
    List<YamlValue> newItems =
        items.stream().map(item -> item.resolve(environment, problems)).toList();
    Environment.Resolved resolved = environment.resolve(text.value());
    for (String name : resolved.missing()) {
      problems.accept(
          problem(
              "${" + name + "}, which is not set",
              "the environment variable " + name,
              "export " + name + "=..., or give it a default: ${" + name + ":-...}"));
    }
    for (String beginning : resolved.malformed()) {
      problems.accept(
          problem(
              quote(beginning),
              "${NAME} or ${NAME:-default}",
              "close the brace, or write $${ for the characters themselves"));
    }
    return new YamlValue(file, line, path, kind, resolved, newEntries, newItems);
  }

  /** The entries of a map in file order; none for other kinds. */
  public Collection<Map.Entry<String, YamlValue>> entries() {
    return entries.entrySet();
  }

  public Collection<String> keys() {
    return entries.keySet();
  }

  /** The items of a list; none for other kinds. */
  public List<YamlValue> items() {
    return items;
  }

  /** The value under a key, unless it is missing or null. */
  public Optional<YamlValue> get(String key) {
    return Optional.ofNullable(entries.get(key)).filter(value -> value.kind != Kind.NULL);
  }

  /** Follows keys as far as they exist: the value there, or the deepest one on the way. */
  public YamlValue nearest(String... keys) {
    YamlValue at = this;
    for (String key : keys) {
      YamlValue next = at.entries.get(key);
      if (next == null) {
        return at;
      }
      at = next;
    }
    return at;
  }

  /** The value at a list position or under a key, as a JSON pointer names it. */
  public YamlValue child(Object element) {
    if (element instanceof Integer index && isList()) {
      return items.get(index);
    }
    return entries.get(element.toString());
  }

  /** For messages: kind and text, shortened. */
  public String describe() {
    return switch (kind) {
      case MAP -> entries.isEmpty() ? "an empty map" : "a map";
      case LIST -> items.isEmpty() ? "an empty list" : "a list";
      case NULL -> "nothing";
      default -> kind.noun + " " + quote(text()) + (text.replaced() ? " from the environment" : "");
    };
  }

  /** Like {@link #describe}, for values that must not be printed. */
  public String describeSecret() {
    return isScalar() ? kind.noun + " ***" : describe();
  }

  public Problem problem(String found, String expected, String fix) {
    return place().problem(found, expected, fix);
  }

  /** For problems that are found when the file is no longer at hand. */
  public Place place() {
    return new Place(file, line, path);
  }

  /** Quotes a text for a message; long ones are shortened, line breaks shown. */
  public static String quote(String text) {
    String oneLine = text.replace("\n", "\\n");
    return '"' + (oneLine.length() > 60 ? oneLine.substring(0, 57) + "..." : oneLine) + '"';
  }

  /** The same value as JSON. */
  public JsonNode toJson() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    switch (kind) {
      case MAP:
        ObjectNode object = json.objectNode();
        entries.forEach((key, value) -> object.set(key, value.toJson()));
        return object;
      case LIST:
        ArrayNode array = json.arrayNode();
        items.forEach(item -> array.add(item.toJson()));
        return array;
      case INTEGER:
        return json.numberNode(new BigDecimal(text()).toBigIntegerExact());
      case DECIMAL:
        return json.numberNode(new BigDecimal(text()));
      case BOOLEAN:
        return json.booleanNode(Boolean.parseBoolean(text()));
      case NULL:
        return json.nullNode();
      default:
        return json.textNode(text());
    }
  }
}
