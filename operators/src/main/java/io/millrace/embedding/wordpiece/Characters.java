package io.millrace.embedding.wordpiece;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Classes of characters as Hugging Face's {@code BertNormalizer} sees them. Its tables are those of
 * Unicode 8.0 and so are these, whatever the JDK's: a combining mark of a later version counts as a
 * letter in both. Decomposition and case follow the JDK, and on JDK 17 no character of Unicode
 * comes out differently.
 */
final class Characters {
  private static final String RESOURCE = "unicode-8.txt";

  private static final byte OTHER = 0;
  private static final byte CONTROL = 1;
  private static final byte ACCENT = 2;
  private static final byte PUNCTUATION = 3;

  /** Planes 0 and 1, where nearly all classified characters are, by code point. */
  private static final byte[] CLASSES = new byte[0x20000];

  static {
    try (InputStream in = Characters.class.getResourceAsStream(RESOURCE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      lines.lines().filter(line -> !line.startsWith("#")).forEach(Characters::load);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private Characters() {}

  private static void load(String line) {
    byte type =
        switch (line.charAt(0)) {
          case 'C' -> CONTROL;
          case 'M' -> ACCENT;
          default -> PUNCTUATION;
        };
    for (String range : line.substring(2).split(" ")) {
      int dash = range.indexOf('-');
      int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
      int last = Integer.parseInt(range.substring(dash + 1), 16);
      for (int c = first; c <= last && c < CLASSES.length; c++) {
        CLASSES[c] = type;
      }
    }
  }

  private static byte classOf(int c) {
    if (c < CLASSES.length) {
      return CLASSES[c];
    }
    if (c >= 0xE0100 && c <= 0xE01EF) {
      return ACCENT;
    }
    boolean tags = c == 0xE0001 || c >= 0xE0020 && c <= 0xE007F;
    boolean isPrivate = c >= 0xF0000 && (c & 0xFFFF) <= 0xFFFD;
    return tags || isPrivate ? CONTROL : OTHER;
  }

  static boolean isLayout(int c) {
    return c == '\t' || c == '\n' || c == '\r';
  }

  /** Unicode's property White_Space. */
  static boolean isWhitespace(int c) {
    return c == ' '
        || c >= 0x09 && c <= 0x0D
        || c == 0x85
        || c == 0xA0
        || c == 0x1680
        || c >= 0x2000 && c <= 0x200A
        || c == 0x2028
        || c == 0x2029
        || c == 0x202F
        || c == 0x205F
        || c == 0x3000;
  }

  /** Control, format and private characters, but no tabs and line ends. */
  static boolean isControl(int c) {
    return !isLayout(c) && classOf(c) == CONTROL;
  }

  static boolean isAccent(int c) {
    return classOf(c) == ACCENT;
  }

  static boolean isAsciiPunctuation(int c) {
    return c >= '!' && c <= '/'
        || c >= ':' && c <= '@'
        || c >= '[' && c <= '`'
        || c >= '{' && c <= '~';
  }

  static boolean isPunctuation(int c) {
    return isAsciiPunctuation(c) || classOf(c) == PUNCTUATION;
  }

  /** Ideographs as BERT defines them; each becomes a word. */
  static boolean isChinese(int c) {
    return c >= 0x4E00 && c <= 0x9FFF
        || c >= 0x3400 && c <= 0x4DBF
        || c >= 0x20000 && c <= 0x2A6DF
        || c >= 0x2A700 && c <= 0x2B73F
        || c >= 0x2B740 && c <= 0x2B81F
        || c >= 0x2B920 && c <= 0x2CEAF
        || c >= 0xF900 && c <= 0xFAFF
        || c >= 0x2F800 && c <= 0x2FA1F;
  }

  static int lowercase(int c) {
    return Character.toLowerCase(c);
  }
}
