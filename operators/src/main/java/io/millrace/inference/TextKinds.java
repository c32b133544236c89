package io.millrace.inference;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Tells dates, times, numbers and truth values in strings from other text. */
final class TextKinds {
  private static final int LONGEST_OF_INTEREST = 64;

  private TextKinds() {}

  static ValueKind of(String text) {
    int length = text.length();
    if (length == 0 || length > LONGEST_OF_INTEREST) {
      return ValueKind.TEXT;
    }
    char first = text.charAt(0);
    if (isDigit(first) || first == '-' || first == '+' || first == '.') {
      if (looksLikeDate(text)) {
        return length == 10 ? parsed(text, ValueKind.DATE) : timestamp(text);
      }
      if (length >= 5 && text.charAt(2) == ':') {
        return parsed(text, ValueKind.TIME);
      }
      return isNumeral(text) ? ValueKind.NUMERIC_TEXT : ValueKind.TEXT;
    }
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")
        ? ValueKind.BOOLEAN_TEXT
        : ValueKind.TEXT;
  }

  /** Epoch millis of a date or timestamp; one without a zone is taken as UTC. */
  static long epochMillis(String text, ValueKind kind) {
    return switch (kind) {
      case DATE -> LocalDate.parse(text).toEpochDay() * 86_400_000L;
      case LOCAL_TIMESTAMP ->
          LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC).toEpochMilli();
      case ZONED_TIMESTAMP ->
          OffsetDateTime.parse(text.replace(' ', 'T')).toInstant().toEpochMilli();
      default -> throw new IllegalArgumentException(kind + " is no date");
    };
  }

  /** Digits of a second's fraction. */
  static int subsecondDigits(String text) {
    int point = text.lastIndexOf('.');
    int digits = 0;
    while (point >= 0
        && point + 1 + digits < text.length()
        && isDigit(text.charAt(point + 1 + digits))) {
      digits++;
    }
    return digits;
  }

  private static boolean looksLikeDate(String text) {
    if (text.length() < 10 || text.charAt(4) != '-' || text.charAt(7) != '-') {
      return false;
    }
    for (int at : new int[] {0, 1, 2, 3, 5, 6, 8, 9}) {
      if (!isDigit(text.charAt(at))) {
        return false;
      }
    }
    return true;
  }

  private static ValueKind timestamp(String text) {
    if (text.charAt(10) != 'T' && text.charAt(10) != ' ') {
      return ValueKind.TEXT;
    }
    boolean zoned = text.endsWith("Z") || text.lastIndexOf('+') > 10 || text.lastIndexOf('-') > 10;
    return parsed(text, zoned ? ValueKind.ZONED_TIMESTAMP : ValueKind.LOCAL_TIMESTAMP);
  }

  private static ValueKind parsed(String text, ValueKind kind) {
    try {
      if (kind == ValueKind.TIME) {
        LocalTime.parse(text);
      } else {
        epochMillis(text, kind);
      }
      return kind;
    } catch (DateTimeException noDate) {
      return ValueKind.TEXT;
    }
  }

  /**
   * A JSON number in a string. Codes such as {@code 007} are none: as a number they would lose
   * their zeros.
   */
  private static boolean isNumeral(String text) {
    int at = text.charAt(0) == '-' ? 1 : 0;
    int digits = digitsFrom(text, at);
    if (digits == 0 || digits > 1 && text.charAt(at) == '0') {
      return false;
    }
    at += digits;
    if (at < text.length() && text.charAt(at) == '.') {
      int fraction = digitsFrom(text, at + 1);
      if (fraction == 0) {
        return false;
      }
      at += 1 + fraction;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int exponent = digitsFrom(text, at);
      if (exponent == 0) {
        return false;
      }
      at += exponent;
    }
    return at == text.length();
  }

  private static int digitsFrom(String text, int start) {
    int at = start;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at - start;
  }

  private static boolean isDigit(char letter) {
    return letter >= '0' && letter <= '9';
  }
}
