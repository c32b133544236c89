package io.millrace.quickstart.sql;

import java.util.ArrayList;
import java.util.List;

/** What a gateway says about a statement that failed, without its stack. */
public final class SqlException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String CAUSED_BY = "Caused by: ";

  /** A cause with more words than these needs no help of the one around it. */
  private static final int BRIEF = 100;

  public SqlException(String message) {
    super(message);
  }

  /**
   * What a stack trace says without its frames: the innermost cause, and what was around it where
   * that says more.
   */
  static String words(String stack) {
    List<String> causes = new ArrayList<>();
    StringBuilder cause = new StringBuilder();
    boolean inFrames = false;
    for (String line : stack.split("\n")) {
      String text = line.strip();
      boolean frame = text.startsWith("at ") || text.matches("\\.\\.\\. \\d+ more");
      if (text.startsWith(CAUSED_BY)) {
        causes.add(0, cause.toString().strip());
        cause.setLength(0);
        cause.append(withoutClass(text.substring(CAUSED_BY.length())));
        inFrames = false;
      } else if (frame) {
        inFrames = true;
      } else if (!inFrames) {
        cause.append(cause.isEmpty() ? withoutClass(text) : "\n" + line.stripTrailing());
      }
    }
    String innermost = cause.toString().strip();
    String around =
        causes.stream()
            .filter(it -> !it.isBlank() && !it.contains(innermost))
            .findFirst()
            .orElse("");
    if (innermost.isBlank()) {
      return around;
    }
    return around.isEmpty() || innermost.length() > BRIEF
        ? innermost
        : innermost + "\n(" + around + ")";
  }

  private static String withoutClass(String text) {
    return text.replaceFirst("^[\\w.$]+(Exception|Error)(: |$)", "");
  }
}
