package io.millrace.inference;

/**
 * The shape of a string: runs of digits become {@code 9}, of capitals {@code A}, of other letters
 * {@code a}, of blanks one blank; everything else stays. {@code UA1545-EWR-20130101} has the shape
 * {@code A9-A-9}.
 */
public final class Shapes {
  private static final int MAX_LENGTH = 16;

  private Shapes() {}

  /** At most {@value #MAX_LENGTH} characters of it. */
  public static String of(CharSequence text) {
    StringBuilder shape = new StringBuilder(MAX_LENGTH);
    char last = 0;
    for (int i = 0; i < text.length() && shape.length() < MAX_LENGTH; i++) {
      char kind = kindOf(text.charAt(i));
      if (kind != last || !isRun(kind)) {
        shape.append(kind);
      }
      last = kind;
    }
    return shape.toString();
  }

  private static boolean isRun(char kind) {
    return kind == '9' || kind == 'A' || kind == 'a' || kind == ' ';
  }

  private static char kindOf(char letter) {
    if (Character.isDigit(letter)) {
      return '9';
    }
    if (Character.isUpperCase(letter)) {
      return 'A';
    }
    if (Character.isLetter(letter)) {
      return 'a';
    }
    return Character.isWhitespace(letter) ? ' ' : letter;
  }
}
