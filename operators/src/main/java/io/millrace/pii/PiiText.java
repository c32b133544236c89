package io.millrace.pii;

/**
 * Personal data inside a longer text, by the same patterns that find fields of it: addresses of
 * e-mail and of the internet, numbers of phones, cards, accounts and persons. Sound before
 * complete: names of people and places of living are not found.
 */
public final class PiiText {
  /** An account number in groups of four has nine of them. */
  private static final int MOST_WORDS = 9;

  private static final String BETWEEN = ",;<>\"'[]{}|=";
  private static final String AFTER = ".:!?)";

  /** What joins a word to what is found in it, as in {@code mailto:} or before a port. */
  private static final String JOINTS = ":/(";

  private PiiText() {}

  /**
   * The text with what was found in the shape of {@link Mask}, the rest as it was. A value that is
   * personal data as a whole is masked as a whole. Costs some microseconds for a line; only words
   * with a digit or an at sign are looked at.
   */
  public static String mask(String text) {
    if (ValuePatterns.kindOf(text).isPresent()) {
      return Mask.maskWhole(text);
    }
    StringBuilder masked = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      if (isBetween(text, at)) {
        masked.append(text.charAt(at++));
        continue;
      }
      int end = endOfFinding(text, at);
      if (end > at) {
        masked.append(Mask.maskWhole(text.substring(at, end)));
      } else {
        end = endOfPart(text, at);
        masked.append(text, at, end);
      }
      at = end;
    }
    return masked.toString();
  }

  /** Where the longest finding ends that starts here; the start when there is none. */
  private static int endOfFinding(String text, int start) {
    int wordEnd = endOfWord(text, start);
    if (!isSuspect(text, start, wordEnd)) {
      return start;
    }
    int found = start;
    for (int end = endOfPart(text, start); end < wordEnd; end = endOfPart(text, end)) {
      found = isPersonal(text, start, end - 1) ? end - 1 : found;
    }
    int end = start;
    for (int words = 0; words < MOST_WORDS && end < text.length(); words++) {
      end = endOfWord(text, end);
      int bare = end;
      while (bare > start && AFTER.indexOf(text.charAt(bare - 1)) >= 0) {
        bare--;
      }
      found = isPersonal(text, start, bare) ? bare : found;
      while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
        end++;
      }
    }
    return found;
  }

  private static boolean isPersonal(String text, int from, int to) {
    return ValuePatterns.kindOf(text.substring(from, to)).isPresent();
  }

  private static boolean isSuspect(String text, int start, int end) {
    for (int at = start; at < end; at++) {
      char letter = text.charAt(at);
      if (letter == '@' || letter == '+' || letter == ':' || Character.isDigit(letter)) {
        return true;
      }
    }
    return false;
  }

  private static int endOfWord(String text, int start) {
    int end = start;
    while (end < text.length() && !isBetween(text, end)) {
      end++;
    }
    return end;
  }

  /** Just after the next joint, or the end of the word. */
  private static int endOfPart(String text, int start) {
    int end = start;
    while (end < text.length() && !isBetween(text, end)) {
      if (JOINTS.indexOf(text.charAt(end++)) >= 0) {
        return end;
      }
    }
    return end;
  }

  private static boolean isBetween(String text, int at) {
    char letter = text.charAt(at);
    return Character.isWhitespace(letter) || BETWEEN.indexOf(letter) >= 0;
  }
}
