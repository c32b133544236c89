package io.millrace.pii;

/**
 * Hides a value and leaves its shape: letters become {@code x} or {@code X}, digits {@code 9}; what
 * else there is stays, so that a person sees what was wrong with it. {@code Ada.L@example.org} is
 * shown as {@code Xxx.X@xxxxxxx.xxx}.
 */
public final class Mask {
  private static final int MAX_LENGTH = 48;

  private Mask() {}

  /** At most {@value #MAX_LENGTH} characters of a value, masked. */
  public static String mask(String value) {
    return mask(value, Math.min(value.length(), MAX_LENGTH));
  }

  /** All of a value, masked. */
  public static String maskWhole(String value) {
    return mask(value, value.length());
  }

  private static String mask(String value, int length) {
    StringBuilder masked = new StringBuilder(length + 1);
    for (int at = 0; at < length; ) {
      int letter = value.codePointAt(at);
      masked.appendCodePoint(maskOf(letter));
      at += Character.charCount(letter);
    }
    return length < value.length() ? masked.append('…').toString() : masked.toString();
  }

  private static int maskOf(int letter) {
    if (Character.isDigit(letter)) {
      return '9';
    }
    if (Character.isUpperCase(letter)) {
      return 'X';
    }
    return Character.isLetter(letter) || letter > 0x7f ? 'x' : letter;
  }
}
