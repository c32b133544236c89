package io.millrace.quickstart.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The statements of a text of SQL. Semicolons end them, but not those in texts, quoted names and
 * comments, and not those within {@code STATEMENT SET BEGIN ... END}.
 */
public final class SqlStatements {

  private static final Pattern SET_OF_STATEMENTS =
      Pattern.compile(
          "(?is)(execute\\s+)?(begin\\s+)?statement\\s+set\\b.*|begin\\s+statement\\b.*");
  private static final Pattern END = Pattern.compile("(?is).*\\bend\\s*");

  private SqlStatements() {}

  /**
   * @param line where it begins in the text, from 1
   * @param sql without its semicolon; with its comments, of which hints are some
   */
  public record Statement(int line, String sql) {

    /** On one line, without comments, for people. */
    public String summary() {
      return withoutComments(sql).strip().replaceAll("\\s+", " ");
    }
  }

  /** All statements in their order; empty ones, also such of comments only, are left out. */
  public static List<Statement> of(String text) {
    List<Statement> statements = new ArrayList<>();
    int begin = 0;
    int at = 0;
    while (at < text.length()) {
      int past = pastQuotedOrComment(text, at);
      if (past > at) {
        at = past;
      } else if (text.charAt(at) == ';' && isEnd(text.substring(begin, at))) {
        add(statements, text, begin, at);
        begin = ++at;
      } else {
        at++;
      }
    }
    add(statements, text, begin, text.length());
    return statements;
  }

  private static boolean isEnd(String statement) {
    String plain = withoutComments(statement).strip();
    return !SET_OF_STATEMENTS.matcher(plain).matches() || END.matcher(plain).matches();
  }

  private static void add(List<Statement> statements, String text, int begin, int end) {
    String sql = text.substring(begin, end);
    if (!withoutComments(sql).isBlank()) {
      int first = begin;
      while (Character.isWhitespace(text.charAt(first)) || isComment(text, first)) {
        first =
            Character.isWhitespace(text.charAt(first))
                ? first + 1
                : pastQuotedOrComment(text, first);
      }
      int line = 1 + (int) text.substring(0, first).chars().filter(it -> it == '\n').count();
      statements.add(new Statement(line, text.substring(first, end).strip()));
    }
  }

  private static boolean isComment(String text, int at) {
    return text.startsWith("--", at) || text.startsWith("/*", at);
  }

  /** The position behind what begins here, if it is quoted or a comment; otherwise the same. */
  private static int pastQuotedOrComment(String text, int at) {
    char first = text.charAt(at);
    if (first == '\'' || first == '`' || first == '"') {
      return past(text, at + 1, String.valueOf(first));
    }
    if (text.startsWith("--", at)) {
      return past(text, at, "\n");
    }
    return text.startsWith("/*", at) ? past(text, at + 2, "*/") : at;
  }

  private static int past(String text, int from, String end) {
    int found = text.indexOf(end, from);
    return found < 0 ? text.length() : found + end.length();
  }

  private static String withoutComments(String sql) {
    StringBuilder plain = new StringBuilder();
    int at = 0;
    while (at < sql.length()) {
      int past = pastQuotedOrComment(sql, at);
      if (isComment(sql, at)) {
        plain.append(' ');
        at = past;
      } else {
        int next = Math.max(past, at + 1);
        plain.append(sql, at, next);
        at = next;
      }
    }
    return plain.toString();
  }
}
