package io.millrace.inference;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words of a field's name, whatever its case style: {@code depDelayMinutes}, {@code
 * DEP_DELAY_MINUTES} and {@code dep-delay minutes} are all {@code [dep, delay, minutes]}. Numbers
 * are words of their own; accents are dropped.
 */
public final class NameTokens {
  private NameTokens() {}

  /** The words in lower case; none when the name has no letter or digit. */
  public static List<String> of(String name) {
    String plain = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
    List<String> tokens = new ArrayList<>();
    StringBuilder token = new StringBuilder();
    for (int i = 0; i < plain.length(); i++) {
      char letter = plain.charAt(i);
      if (!Character.isLetterOrDigit(letter)) {
        flush(token, tokens);
        continue;
      }
      if (token.length() > 0 && startsWord(plain, i)) {
        flush(token, tokens);
      }
      token.append(letter);
    }
    flush(token, tokens);
    return tokens;
  }

  private static boolean startsWord(String name, int at) {
    char letter = name.charAt(at);
    char before = name.charAt(at - 1);
    if (Character.isDigit(letter) != Character.isDigit(before)) {
      return true;
    }
    if (!Character.isUpperCase(letter)) {
      return false;
    }
    // fieldName, and the S of HTTPServer.
    return Character.isLowerCase(before)
        || at + 1 < name.length() && Character.isLowerCase(name.charAt(at + 1));
  }

  private static void flush(StringBuilder token, List<String> tokens) {
    if (token.length() > 0) {
      tokens.add(token.toString().toLowerCase(Locale.ROOT));
      token.setLength(0);
    }
  }
}
