package io.millrace.pipeline;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What rows must have in common to be compared, for example {@code soundex(surname) + year(born)}.
 * Rows in which one of the parts is missing are not compared by this rule.
 *
 * @param parts all of which must be equal; at least one
 */
public record BlockingRule(List<Part> parts) implements Serializable {

  private static final Pattern FORM =
      Pattern.compile(
          "(?<field>[^\\s(),+]+)"
              + "|(?<form>[A-Za-z_]+)\\s*\\(\\s*(?<of>[^\\s(),+]+)\\s*(,\\s*(?<length>[0-9]{1,3})\\s*)?\\)");

  public BlockingRule {
    parts = List.copyOf(parts);
  }

  /** What of a value counts. */
  public enum Form {
    /** All of it, letter case, accents and punctuation aside. */
    EXACT,
    /** Its first letters and digits. */
    PREFIX,
    /** Its American Soundex code. */
    SOUNDEX,
    /** Its Double Metaphone code. */
    METAPHONE,
    /** The year of a date. */
    YEAR,
    /** Month and day of a date, in either order. */
    MONTH_AND_DAY,
    /** Its longest word. */
    LONGEST_WORD,
    /** The digits in it. */
    DIGITS;

    /** The name used in pipeline files. */
    public String keyword() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is a part of a date. */
    public boolean isOfDate() {
      return this == YEAR || this == MONTH_AND_DAY;
    }
  }

  /**
   * @param length letters of a prefix; zero for other forms
   */
  public record Part(String field, Form form, int length) implements Serializable {

    @Override
    public String toString() {
      return switch (form) {
        case EXACT -> field;
        case PREFIX -> "prefix(" + field + ", " + length + ")";
        default -> form.keyword() + "(" + field + ")";
      };
    }
  }

  /**
   * Reads a rule: fields, or forms of fields, joined by {@code +}.
   *
   * @throws IllegalArgumentException if it is none; the message says what was found
   */
  public static BlockingRule parse(String text) {
    List<Part> parts = new ArrayList<>();
    for (String written : text.split("\\+", -1)) {
      Matcher part = FORM.matcher(written.strip());
      if (!part.matches()) {
        throw new IllegalArgumentException("\"" + written.strip() + "\" in \"" + text + "\"");
      }
      parts.add(
          part.group("field") != null
              ? new Part(part.group("field"), Form.EXACT, 0)
              : part(part.group("form"), part.group("of"), part.group("length")));
    }
    return new BlockingRule(parts);
  }

  private static Part part(String name, String field, String length) {
    Form form =
        Stream.of(Form.values())
            .filter(it -> it.keyword().equals(name.toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("the unknown form \"" + name + "\""));
    if (form == Form.PREFIX) {
      int letters = length == null ? 0 : Integer.parseInt(length);
      if (letters == 0) {
        throw new IllegalArgumentException("a prefix without its length");
      }
      return new Part(field, form, letters);
    }
    if (length != null) {
      throw new IllegalArgumentException("the length " + length + " of " + form.keyword());
    }
    return new Part(field, form, 0);
  }

  /** The rule as a pipeline file has it. */
  @Override
  public String toString() {
    return parts.stream().map(Part::toString).collect(Collectors.joining(" + "));
  }
}
