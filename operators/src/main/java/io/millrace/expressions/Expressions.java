package io.millrace.expressions;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.types.logical.RowType;

/** What is checked and said about expressions before and after the planner sees them. */
final class Expressions {
  private static final Pattern NOT_CODE = Pattern.compile("'(?:[^']|'')*'|`(?:[^`]|``)*`");
  private static final Pattern NONDETERMINISTIC =
      Pattern.compile(
          "\\b(NOW|CURRENT_TIMESTAMP|CURRENT_DATE|CURRENT_TIME|LOCALTIME|LOCALTIMESTAMP|PROCTIME"
              + "|CURRENT_ROW_TIMESTAMP|CURRENT_WATERMARK|UNIX_TIMESTAMP\\s*\\(\\s*\\)|RAND"
              + "|RAND_INTEGER|UUID)(?![A-Za-z0-9_])",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern POSITION = Pattern.compile("line (\\d+), column (\\d+)");
  private static final Pattern STATEMENT_BREAK = Pattern.compile(";|--|/\\*");

  private Expressions() {}

  static void refuseNondeterminism(String expression) throws ExpressionException {
    String code = NOT_CODE.matcher(expression).replaceAll("''");
    if (STATEMENT_BREAK.matcher(code).find()) {
      throw new ExpressionException(
          expression, "holds ';' or a comment; write one expression without them", null);
    }
    Matcher matcher = NONDETERMINISTIC.matcher(code);
    if (matcher.find()) {
      throw new ExpressionException(
          expression,
          "uses "
              + matcher.group(1).toUpperCase(java.util.Locale.ROOT)
              + ", whose value differs between runs; compute from the row's own fields",
          null);
    }
  }

  /** The same fields under the names c0, c1, …: SQL names expressions at will. */
  static RowType renamed(RowType type) {
    List<RowType.RowField> fields = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      fields.add(new RowType.RowField("c" + i, type.getTypeAt(i)));
    }
    return new RowType(false, fields);
  }

  /** The planner's own sentence, without its wrapping, positions counted in the expression. */
  static String readable(Throwable refused) {
    Throwable deepest = refused;
    String message = refused.getMessage();
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
      if (deepest.getMessage() != null) {
        message = deepest.getMessage();
      }
    }
    if (message == null) {
      // A hot division by zero, say: the virtual machine then throws without words.
      message = deepest.getClass().getSimpleName();
    }
    String firstLines = message.strip();
    int expecting = firstLines.indexOf("Was expecting");
    if (expecting > 0) {
      firstLines = firstLines.substring(0, expecting).strip();
    }
    Matcher matcher = POSITION.matcher(firstLines);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      // Line 1 of the statement is "SELECT (", the expression begins on the next.
      int line = Math.max(1, Integer.parseInt(matcher.group(1)) - 1);
      matcher.appendReplacement(text, "line " + line + ", column " + matcher.group(2));
    }
    matcher.appendTail(text);
    return text.toString().replaceAll("\\s+", " ");
  }
}
