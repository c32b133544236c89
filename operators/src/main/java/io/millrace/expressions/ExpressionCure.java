package io.millrace.expressions;

import io.millrace.document.NearestName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to do about an expression that the planner refuses, as far as its words tell. */
public final class ExpressionCure {
  private static final Pattern UNKNOWN_COLUMN =
      Pattern.compile("(?:Column|Table) '([^']+)' not found|Unknown identifier '([^']+)'");

  private ExpressionCure() {}

  /** The name that the planner does not know, if that is its complaint. */
  public static Optional<String> unknownName(ExpressionException refused) {
    Matcher unknown = UNKNOWN_COLUMN.matcher(String.valueOf(refused.getMessage()));
    return unknown.find()
        ? Optional.of(unknown.group(1) == null ? unknown.group(2) : unknown.group(1))
        : Optional.empty();
  }

  /**
   * A sentence that says what to write.
   *
   * @param fields names that the expression may use
   */
  public static String of(ExpressionException refused, List<String> fields) {
    String message = String.valueOf(refused.getMessage());
    Optional<String> unknown = unknownName(refused);
    if (unknown.isPresent()) {
      return NearestName.suggestion(
          unknown.get(), fields, "the fields are " + String.join(", ", fields));
    }
    for (String field : fields) {
      // The parser names the word it stumbled over.
      if (message.contains("Encountered \"" + field + "\"")
          || message.contains("Encountered \"" + field + " ")
          || message.contains("keyword '" + field)) {
        return "\"" + field + "\" is a word of SQL, write \"`" + field + "`\"";
      }
    }
    return message.contains("must be a condition")
        ? "compare it, for example " + fields.get(0) + " IS NOT NULL"
        : "correct it";
  }
}
