package io.millrace.inference;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gathers {@link FieldEvidence} one value at a time.
 *
 * <p>A value costs about a microsecond, and more when it is an array or object. Bounded: {@value
 * #MAX_PATHS} paths, {@value #MAX_DEPTH} levels, {@value #MAX_ELEMENTS} elements of an array; what
 * lies beyond is not looked at. NOT thread safe, and no state: keep {@link #evidence()}.
 */
public final class FieldProfile {
  /** Paths into a value that are told apart. */
  public static final int MAX_PATHS = 64;

  /** Levels of arrays and objects that are looked into. */
  public static final int MAX_DEPTH = 4;

  private static final int MAX_ELEMENTS = 16;
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, TypeTally> tallies = new HashMap<>();
  private final DistinctSample sample = new DistinctSample(FieldEvidence.SAMPLE);
  private final NumberSample numbers = new NumberSample(ValueSketch.NUMBERS);
  private final FrequentTexts frequent = new FrequentTexts(ValueSketch.FREQUENT);
  private final FrequentTexts shapes = new FrequentTexts(ValueSketch.SHAPES);
  private final long[] lengths = new long[ValueSketch.LENGTHS];
  private long valuesSeen;
  private long count;
  private long firstSeenMillis = Long.MAX_VALUE;
  private long lastSeenMillis = Long.MIN_VALUE;
  private long timeMillis;

  /**
   * Takes in one value.
   *
   * @param json its JSON text, for example {@code 12}, {@code "text"} with the quotes, {@code null}
   * @param timeMillis when it was seen, epoch millis
   * @throws IllegalArgumentException if the text is not JSON
   */
  public void observe(String json, long timeMillis) {
    this.timeMillis = timeMillis;
    try (JsonParser parser = JSON.createParser(json)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new IllegalArgumentException("an empty text is no JSON value");
      }
      value(parser, first, "", 0);
    } catch (IOException broken) {
      throw new IllegalArgumentException("not a JSON value: " + broken.getMessage(), broken);
    }
    count++;
    firstSeenMillis = Math.min(firstSeenMillis, timeMillis);
    lastSeenMillis = Math.max(lastSeenMillis, timeMillis);
    if (!json.equals("null")) {
      sample.add(cut(json, FieldEvidence.MAX_SAMPLE_TEXT));
    }
  }

  /** Values taken in so far. */
  public long count() {
    return count;
  }

  /** All that was taken in so far. */
  public FieldEvidence evidence() {
    Map<String, TypeCounts> types = new TreeMap<>();
    tallies.forEach((path, tally) -> types.put(path, tally.counts()));
    return new FieldEvidence(
        count,
        firstSeenMillis,
        lastSeenMillis,
        types,
        sample.texts(),
        new ValueSketch(
            numbers.numbers(),
            numbers.ranks(),
            numbers.seen(),
            frequent.counts(),
            valuesSeen,
            shapes.counts(),
            lengths.clone()));
  }

  private void value(JsonParser parser, JsonToken token, String path, int depth)
      throws IOException {
    TypeTally tally = tally(path);
    switch (token) {
      case VALUE_NULL -> tally.count(ValueKind.NULL);
      case VALUE_TRUE, VALUE_FALSE -> {
        tally.count(ValueKind.BOOLEAN);
        sketch(path, parser.getText());
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser, tally, path);
      case VALUE_STRING -> text(parser.getText(), tally, path);
      case START_ARRAY -> {
        tally.count(ValueKind.ARRAY);
        array(parser, path, depth);
      }
      case START_OBJECT -> {
        tally.count(ValueKind.OBJECT);
        object(parser, path, depth);
      }
      default -> throw new IllegalArgumentException("not a JSON value");
    }
  }

  /** The tally of a path; beyond the bound one that nobody asks. */
  private TypeTally tally(String path) {
    TypeTally known = tallies.get(path);
    if (known == null) {
      known = new TypeTally();
      if (tallies.size() < MAX_PATHS) {
        tallies.put(path, known);
      }
    }
    return known;
  }

  private void number(JsonParser parser, TypeTally tally, String path) throws IOException {
    String written = parser.getText();
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        tally.number(ValueKind.BIG_INTEGER, written);
      } else {
        tally.integer(parser.getLongValue());
      }
    } else {
      boolean exponent = written.indexOf('e') >= 0 || written.indexOf('E') >= 0;
      tally.number(exponent ? ValueKind.FLOAT : ValueKind.DECIMAL, written);
    }
    if (isSketched(path)) {
      number(Double.parseDouble(written));
      frequent(canonical(written));
    }
  }

  /** {@code 12.0} and {@code 12} are one value. */
  private static String canonical(String written) {
    return written.endsWith(".0") ? written.substring(0, written.length() - 2) : written;
  }

  private void text(String text, TypeTally tally, String path) {
    ValueKind kind = TextKinds.of(text);
    tally.text(kind, text);
    if (!isSketched(path)) {
      return;
    }
    switch (kind) {
      case DATE, LOCAL_TIMESTAMP, ZONED_TIMESTAMP -> number(TextKinds.epochMillis(text, kind));
      case NUMERIC_TEXT -> number(Double.parseDouble(text));
      default -> {}
    }
    frequent(text);
    shapes.add(Shapes.of(text), 1);
    lengths[Math.min(text.length(), lengths.length - 1)]++;
  }

  private void number(double number) {
    if (Double.isFinite(number)) {
      numbers.add(number, timeMillis);
    }
  }

  private void sketch(String path, String scalar) {
    if (isSketched(path)) {
      frequent(scalar);
    }
  }

  private void frequent(String scalar) {
    frequent.add(cut(scalar, ValueSketch.MAX_TEXT), 1);
    valuesSeen++;
  }

  /** The value itself and the elements of an array; of objects the names of properties. */
  private static boolean isSketched(String path) {
    return path.isEmpty() || path.equals(Paths.element(""));
  }

  private void array(JsonParser parser, String path, int depth) throws IOException {
    if (depth == MAX_DEPTH) {
      parser.skipChildren();
      return;
    }
    int elements = 0;
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      if (elements++ < MAX_ELEMENTS) {
        value(parser, next, Paths.element(path), depth + 1);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void object(JsonParser parser, String path, int depth) throws IOException {
    if (depth == MAX_DEPTH) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      sketch(path, name);
      value(parser, parser.nextToken(), Paths.property(path, name), depth + 1);
    }
  }

  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    return text.substring(
        0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
  }
}
