package io.millrace.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that stand in an SQL expression: fields, but also functions and words of SQL. */
public final class NamesInSql {
  private static final Pattern TOKEN =
      Pattern.compile(
          "'(?:[^']|'')*'|[0-9][A-Za-z0-9_.]*"
              + "|(?<name>`(?:[^`]|``)+`|[A-Za-z_]\\w*)"
              + "(?:\\s*\\.\\s*(?<part>`(?:[^`]|``)+`|[A-Za-z_]\\w*))?");

  private static final Pattern CALL = Pattern.compile("\\s*\\(");

  private NamesInSql() {}

  /**
   * A name, without the backticks that it may be written in.
   *
   * @param part what stands behind a dot; empty without one
   * @param called whether a parenthesis follows, as behind a function
   */
  public record Name(String first, String part, boolean called) {}

  /** In the order of the text; what stands in text literals is not among them. */
  public static List<Name> of(String expression) {
    List<Name> names = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(expression);
    while (matcher.find()) {
      if (matcher.group("name") != null) {
        String part = matcher.group("part");
        names.add(
            new Name(
                plain(matcher.group("name")),
                part == null ? "" : plain(part),
                CALL.matcher(expression).region(matcher.end(), expression.length()).lookingAt()));
      }
    }
    return names;
  }

  private static String plain(String written) {
    return written.startsWith("`")
        ? written.substring(1, written.length() - 1).replace("``", "`")
        : written;
  }
}
