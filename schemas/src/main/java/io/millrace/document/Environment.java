package io.millrace.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${NAME}} and {@code ${NAME:-default}} by variables. As in a shell, the default is
 * taken when the variable is missing or empty. {@code $${} stands for a literal {@code ${}.
 */
public final class Environment {

  /** Escape, then name with optional default; a default ends at the first closing brace. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");

  private final Map<String, String> variables;

  public Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** The process's own environment. */
  public static Environment system() {
    return new Environment(System.getenv());
  }

  public static boolean hasPlaceholder(String text) {
    return text.contains("${");
  }

  /**
   * A text after replacement.
   *
   * @param value with every placeholder replaced, missing variables by nothing
   * @param writtenOut what the file itself contributes: placeholders replaced by their defaults
   *     only. Empty when all of the value comes from the environment.
   * @param missing names of variables that are neither set nor have a default
   * @param malformed beginnings of placeholders that cannot be read
   * @param replaced a variable was used
   */
  public record Resolved(
      String value,
      String writtenOut,
      List<String> missing,
      List<String> malformed,
      boolean replaced) {

    static Resolved unchanged(String text) {
      return new Resolved(text, text, List.of(), List.of(), false);
    }

    /** Whether all variables were there and all placeholders could be read. */
    public boolean isComplete() {
      return missing.isEmpty() && malformed.isEmpty();
    }
  }

  /** Replaces the placeholders of one text. */
  public Resolved resolve(String text) {
    if (!hasPlaceholder(text)) {
      return Resolved.unchanged(text);
    }
    StringBuilder value = new StringBuilder();
    StringBuilder writtenOut = new StringBuilder();
    List<String> missing = new ArrayList<>();
    List<String> malformed = new ArrayList<>();
    boolean replaced = false;
    Matcher matcher = PLACEHOLDER.matcher(text);
    int end = 0;
    while (matcher.find()) {
      String between = text.substring(end, matcher.start());
      malformed.addAll(malformed(between));
      value.append(between);
      writtenOut.append(between);
      end = matcher.end();
      String name = matcher.group(1);
      if (name == null) {
        value.append("${");
        writtenOut.append("${");
        continue;
      }
      String fallback = matcher.group(3);
      String variable = variables.get(name);
      if (fallback != null) {
        writtenOut.append(fallback);
      }
      if (variable != null && (!variable.isEmpty() || fallback == null)) {
        value.append(variable);
        replaced = true;
      } else if (fallback != null) {
        value.append(fallback);
      } else {
        missing.add(name);
      }
    }
    String rest = text.substring(end);
    malformed.addAll(malformed(rest));
    return new Resolved(
        value.append(rest).toString(),
        writtenOut.append(rest).toString(),
        List.copyOf(missing),
        List.copyOf(malformed),
        replaced);
  }

  private static List<String> malformed(String literal) {
    List<String> malformed = new ArrayList<>();
    for (int at = literal.indexOf("${"); at >= 0; at = literal.indexOf("${", at + 2)) {
      malformed.add(literal.substring(at, Math.min(literal.length(), at + 16)));
    }
    return List.copyOf(malformed);
  }

  /** A copy in which {@code overrides} win. */
  public Environment with(Map<String, String> overrides) {
    Map<String, String> merged = new LinkedHashMap<>(variables);
    merged.putAll(overrides);
    return new Environment(merged);
  }
}
