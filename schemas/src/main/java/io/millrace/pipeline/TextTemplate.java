package io.millrace.pipeline;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with places for the fields of a row, in Mustache's notation:
 *
 * <ul>
 *   <li><code>{{field}}</code> is the field's value, nothing where it is null;
 *   <li><code>{{#field}} ... {{/field}}</code> stands only where the field is neither null, nor
 *       empty, nor false;
 *   <li><code>{{^field}} ... {{/field}}</code> stands only where it is.
 * </ul>
 *
 * Runs of whitespace become one space, those at the ends none, so that what is left out leaves no
 * trace.
 */
public record TextTemplate(String source, List<Part> parts) implements Serializable {
  private static final Pattern TAG = Pattern.compile("\\{\\{\\s*([#^/]?)\\s*([^{}]*?)\\s*}}");

  public TextTemplate {
    parts = List.copyOf(parts);
  }

  /** A piece of a template. */
  public sealed interface Part extends Serializable {}

  /** Text as it stands. */
  public record Literal(String text) implements Part {}

  /** The value of a field. */
  public record Value(String field) implements Part {}

  /**
   * @param wanted whether the parts stand where the field has a value, or where it has none
   */
  public record Section(String field, boolean wanted, List<Part> parts) implements Part {}

  /** A template that cannot be read; the message says what is wrong with it. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  private record Open(String field, boolean wanted, List<Part> parts) {}

  /** Reads a template. */
  public static TextTemplate parse(String source) throws Malformed {
    Deque<Open> open = new ArrayDeque<>();
    open.push(new Open("", true, new ArrayList<>()));
    Matcher tag = TAG.matcher(source);
    int from = 0;
    while (tag.find()) {
      literal(source.substring(from, tag.start()), open.peek().parts);
      from = tag.end();
      String field = tag.group(2);
      if (field.isEmpty()) {
        throw new Malformed("\"" + tag.group() + "\" names no field");
      }
      switch (tag.group(1)) {
        case "#", "^" -> open.push(new Open(field, tag.group(1).equals("#"), new ArrayList<>()));
        case "/" -> close(field, open);
        default -> open.peek().parts.add(new Value(field));
      }
    }
    literal(source.substring(from), open.peek().parts);
    if (open.size() > 1) {
      throw new Malformed("the section of \"" + open.peek().field + "\" is not closed");
    }
    return new TextTemplate(source, open.pop().parts);
  }

  private static void literal(String text, List<Part> into) throws Malformed {
    if (text.contains("{{") || text.contains("}}")) {
      throw new Malformed("a brace too many or too few in \"" + text.strip() + "\"");
    }
    if (!text.isEmpty()) {
      into.add(new Literal(text));
    }
  }

  private static void close(String field, Deque<Open> open) throws Malformed {
    Open section = open.pop();
    if (open.isEmpty() || !section.field.equals(field)) {
      throw new Malformed("\"{{/" + field + "}}\" closes nothing");
    }
    open.peek().parts.add(new Section(field, section.wanted, List.copyOf(section.parts)));
  }

  /** Every field that is named, in the order of the text. */
  public Set<String> fields() {
    Set<String> fields = new LinkedHashSet<>();
    collect(parts, fields);
    return fields;
  }

  private static void collect(List<Part> parts, Set<String> fields) {
    for (Part part : parts) {
      if (part instanceof Value value) {
        fields.add(value.field);
      } else if (part instanceof Section section) {
        fields.add(section.field);
        collect(section.parts, fields);
      }
    }
  }

  /**
   * The text for one row.
   *
   * @param values text of a field; null or empty where it has none
   */
  public String render(Function<String, String> values) {
    StringBuilder text = new StringBuilder();
    render(parts, values, text);
    return collapsed(text);
  }

  private static void render(
      List<Part> parts, Function<String, String> values, StringBuilder into) {
    for (Part part : parts) {
      if (part instanceof Literal literal) {
        into.append(literal.text);
      } else if (part instanceof Value value) {
        String text = values.apply(value.field);
        into.append(text == null ? "" : text);
      } else if (part instanceof Section section) {
        String text = values.apply(section.field);
        boolean present = text != null && !text.isEmpty() && !text.equals("false");
        if (present == section.wanted) {
          render(section.parts, values, into);
        }
      }
    }
  }

  /** With single spaces between words, and none at the ends. */
  static String collapsed(CharSequence text) {
    StringBuilder collapsed = new StringBuilder(text.length());
    boolean pending = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || c == '\u00A0') {
        pending = collapsed.length() > 0;
      } else {
        if (pending) {
          collapsed.append(' ');
          pending = false;
        }
        collapsed.append(c);
      }
    }
    return collapsed.toString();
  }
}
