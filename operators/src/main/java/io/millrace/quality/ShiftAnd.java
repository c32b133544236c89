package io.millrace.quality;

import java.util.Optional;
import org.apache.flink.table.data.binary.BinaryStringData;

/**
 * Matches the simple patterns that most rules have, such as {@code ^[A-Z]{2}[0-9]{1,4}$}: a
 * sequence of ASCII characters and classes, each with a quantifier, with or without anchors. All
 * ways to match are followed at once, as bits of one word (Baeza-Yates and Gonnet, "A new approach
 * to text searching", CACM 1992; optional and repeated characters after Navarro and Raffinot,
 * "Flexible Pattern Matching in Strings", 2002), so the cost is a few nanoseconds a byte whatever
 * the pattern.
 *
 * <p>Thread safe.
 */
final class ShiftAnd {
  private static final int MOST_ITEMS = 63;
  private static final int ASCII = 128;

  /** Bit i of the entry of a byte: item i matches it. */
  private final long[] matches = new long[ASCII];

  /** Items that may be passed over, and items that may match again. */
  private long optional;

  private long repeated;
  private int items;
  private boolean fromStart;
  private boolean toEnd;

  private ShiftAnd() {}

  /** The matcher of a pattern; empty when the pattern is not that simple. */
  static Optional<ShiftAnd> of(String pattern) {
    ShiftAnd matcher = new ShiftAnd();
    return matcher.new Parser(pattern).parse() ? Optional.of(matcher) : Optional.empty();
  }

  /** Answers of {@link #find}. */
  enum Answer {
    FOUND,
    NOT_FOUND,
    /** The text is not ASCII: ask an engine that knows characters. */
    UNKNOWN
  }

  Answer find(BinaryStringData text) {
    text.ensureMaterialized();
    long accepting = 1L << items;
    long start = withOptional(1);
    long state = start;
    int length = text.getSizeInBytes();
    boolean found = !toEnd && (state & accepting) != 0;
    for (int i = 0; i < length; i++) {
      byte letter = text.byteAt(i);
      if (letter < 0) {
        return Answer.UNKNOWN;
      }
      long matched = state & matches[letter];
      state = withOptional(matched << 1 | matched & repeated);
      if (!fromStart) {
        state |= start;
      }
      found |= !toEnd && (state & accepting) != 0;
    }
    return found || toEnd && (state & accepting) != 0 ? Answer.FOUND : Answer.NOT_FOUND;
  }

  /** Passes over items that may be. */
  private long withOptional(long state) {
    long all = state;
    for (long more = all & optional; more != 0; ) {
      long next = all | more << 1;
      more = next & ~all & optional;
      all = next;
    }
    return all;
  }

  /** Reads a pattern item by item; gives up at anything else. */
  private final class Parser {
    private final String pattern;
    private int at;

    Parser(String pattern) {
      this.pattern = pattern;
    }

    boolean parse() {
      if (pattern.startsWith("^")) {
        fromStart = true;
        at++;
      }
      while (at < pattern.length()) {
        if (pattern.charAt(at) == '$' && at == pattern.length() - 1) {
          toEnd = true;
          return true;
        }
        boolean[] letters = new boolean[ASCII];
        if (!item(letters) || !quantified(letters)) {
          return false;
        }
      }
      return true;
    }

    private boolean item(boolean[] letters) {
      char letter = pattern.charAt(at++);
      if (letter == '[') {
        return classOf(letters);
      }
      if (letter == '\\') {
        return at < pattern.length() && escaped(pattern.charAt(at++), letters);
      }
      if (letter >= ASCII || ".^$|?*+(){}]".indexOf(letter) >= 0) {
        return false;
      }
      letters[letter] = true;
      return true;
    }

    private boolean escaped(char letter, boolean[] letters) {
      if (letter == 'd' || letter == 'w') {
        set(letters, '0', '9');
        if (letter == 'w') {
          set(letters, 'A', 'Z');
          set(letters, 'a', 'z');
          letters['_'] = true;
        }
        return true;
      }
      if (Character.isLetterOrDigit(letter) || letter >= ASCII) {
        return false;
      }
      letters[letter] = true;
      return true;
    }

    /** Letters, digits and ranges of them; whatever else may have a meaning is left to others. */
    private boolean classOf(boolean[] letters) {
      int first = at;
      while (at < pattern.length() && pattern.charAt(at) != ']') {
        char from = pattern.charAt(at++);
        if (from >= ASCII || "^[\\&-".indexOf(from) >= 0 && !(from == '-' && isLast())) {
          return false;
        }
        if (at + 1 < pattern.length()
            && pattern.charAt(at) == '-'
            && pattern.charAt(at + 1) != ']') {
          char to = pattern.charAt(at + 1);
          if (to >= ASCII || to < from || to == '\\' || to == '[') {
            return false;
          }
          set(letters, from, to);
          at += 2;
        } else {
          letters[from] = true;
        }
      }
      return at++ < pattern.length() && at - 1 > first;
    }

    private boolean isLast() {
      return at < pattern.length() && pattern.charAt(at) == ']';
    }

    private void set(boolean[] letters, char from, char to) {
      for (char letter = from; letter <= to; letter++) {
        letters[letter] = true;
      }
    }

    private boolean quantified(boolean[] letters) {
      int least = 1;
      int most = 1;
      if (at < pattern.length()) {
        switch (pattern.charAt(at)) {
          case '?' -> {
            least = 0;
            at++;
          }
          case '*', '+' -> {
            least = pattern.charAt(at) == '*' ? 0 : 1;
            most = Integer.MAX_VALUE;
            at++;
          }
          case '{' -> {
            java.util.regex.Matcher counts =
                java.util.regex.Pattern.compile("\\{([0-9]{1,2})(,([0-9]{1,2})?)?\\}")
                    .matcher(pattern)
                    .region(at, pattern.length());
            if (!counts.lookingAt()) {
              return false;
            }
            least = Integer.parseInt(counts.group(1));
            most =
                counts.group(2) == null
                    ? least
                    : counts.group(3) == null
                        ? Integer.MAX_VALUE
                        : Integer.parseInt(counts.group(3));
            at = counts.end();
          }
          default -> {}
        }
      }
      // A quantifier of a quantifier makes it lazy or possessive.
      boolean another = at < pattern.length() && "?*+{".indexOf(pattern.charAt(at)) >= 0;
      return !another && add(letters, least, most);
    }

    private boolean add(boolean[] letters, int least, int most) {
      int copies = most == Integer.MAX_VALUE ? Math.max(1, least) : most;
      if (most < least || items + copies > MOST_ITEMS) {
        return false;
      }
      for (int copy = 0; copy < copies; copy++) {
        for (int letter = 0; letter < ASCII; letter++) {
          if (letters[letter]) {
            matches[letter] |= 1L << items;
          }
        }
        if (copy >= least) {
          optional |= 1L << items;
        }
        if (most == Integer.MAX_VALUE && copy == copies - 1) {
          repeated |= 1L << items;
        }
        items++;
      }
      return true;
    }
  }
}
