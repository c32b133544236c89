package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.PRECISION_LOSS;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;

import java.time.Instant;
import org.apache.flink.table.data.TimestampData;

/**
 * Dates and times in the extended ISO-8601 form of RFC 3339: {@code 2013-01-01T10:15:00.250Z}.
 * Years run from 0001 to 9999, seconds from 0 to 59, fractions up to nine digits. {@code T} may be
 * a space, letters may be small, seconds may be left out.
 *
 * <p>Digits beyond the contract's precision are refused unless they are zero: a value is never
 * rounded. Written by hand because it stands on the path of every record; {@code java.time} is the
 * oracle of its test.
 */
public final class IsoTimes {

  private static final long DAY_SECONDS = 86_400;
  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final long FIRST_MILLIS = -62_135_596_800_000L;
  private static final long LAST_MILLIS = 253_402_300_799_999L;
  private static final long FIRST_SECONDS = 100_000_000L;
  private static final long LAST_SECONDS = 10_000_000_000L;
  private static final int[] POWERS = {
    1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
  };

  private IsoTimes() {}

  /** A moment: date and time with {@code Z} or an offset such as {@code +01:00}. */
  public static TimestampData instant(String text, int precision) {
    return new Cursor(text, "an ISO-8601 time with zone, such as 2013-01-01T10:15:00Z")
        .dateTime(precision, true);
  }

  /** A date and time without zone. */
  public static TimestampData local(String text, int precision) {
    return new Cursor(text, "an ISO-8601 time without zone, such as 2013-01-01T10:15:00")
        .dateTime(precision, false);
  }

  /** A date as days since 1970-01-01. */
  public static int date(String text) {
    Cursor cursor = new Cursor(text, "an ISO-8601 date, such as 2013-01-01");
    int days = (int) cursor.date();
    cursor.end();
    return days;
  }

  /** A time of day as milliseconds since midnight. */
  public static int time(String text, int precision) {
    Cursor cursor = new Cursor(text, "an ISO-8601 time of day, such as 10:15:00");
    int seconds = cursor.timeOfDay();
    int nanos = cursor.fraction(Math.min(precision, 3));
    cursor.end();
    return seconds * 1_000 + nanos / NANOS_PER_MILLI;
  }

  /** Whether a number is that of seconds since 1970 in the years 1973 to 2286. */
  static boolean looksLikeSeconds(long number) {
    return number >= FIRST_SECONDS && number < LAST_SECONDS;
  }

  /**
   * A number that a producer means as milliseconds since 1970-01-01T00:00:00Z. One that is a time
   * of our days in seconds is refused: taken as milliseconds it would put the record into January
   * to April 1970, the most common mistake with such times.
   */
  static TimestampData statedEpochMillis(long number) {
    if (looksLikeSeconds(number)) {
      throw new DecodingException(
          WRONG_TYPE,
          number
              + " where milliseconds since 1970 are expected: in seconds it would be "
              + Instant.ofEpochSecond(number));
    }
    return ofEpochMillis(number);
  }

  /** A moment given as milliseconds since 1970-01-01T00:00:00Z, within the years 0001 to 9999. */
  public static TimestampData ofEpochMillis(long millis) {
    if (millis < FIRST_MILLIS || millis > LAST_MILLIS) {
      throw new DecodingException(
          OUT_OF_RANGE,
          millis
              + " is no time between the years 0001 and 9999 in milliseconds since 1970;"
              + " was it meant in microseconds or nanoseconds?");
    }
    return TimestampData.fromEpochMillis(millis);
  }

  /**
   * The same without those digits of the second that a precision does not keep.
   *
   * @param precision from 0 to 9
   */
  static TimestampData truncate(TimestampData moment, int precision) {
    long millis = moment.getMillisecond();
    if (precision < 3) {
      int unit = POWERS[precision] / NANOS_PER_MILLI;
      return TimestampData.fromEpochMillis(Math.floorDiv(millis, (long) unit) * unit);
    }
    int nanos = moment.getNanoOfMillisecond();
    return TimestampData.fromEpochMillis(millis, nanos - nanos % POWERS[precision]);
  }

  /**
   * A time of day without the digits that a precision does not keep, as milliseconds since
   * midnight; null if the text is no time of day.
   */
  static Integer truncatedTime(String text, int precision) {
    try {
      Cursor cursor = new Cursor(text, "");
      int seconds = cursor.timeOfDay();
      int nanos = cursor.fraction(9);
      cursor.end();
      nanos -= nanos % POWERS[Math.min(precision, 3)];
      return seconds * 1_000 + nanos / NANOS_PER_MILLI;
    } catch (DecodingException e) {
      return null;
    }
  }

  /**
   * A date or time in any of the forms.
   *
   * @param timestamp in UTC if it has a zone, otherwise as it stands; a date is its midnight
   * @param digits of the second's fraction that are not zero at the end
   */
  record Reading(TimestampData timestamp, boolean hasTimeOfDay, boolean isZoned, int digits) {}

  /** Reads a date, or a date and time with or without zone; null if the text is none. */
  static Reading anyForm(String text) {
    // Shorter than any date, or longer than nanoseconds with an offset.
    if (text.length() < 10 || text.length() > 35) {
      return null;
    }
    try {
      return new Cursor(text, "").anyForm();
    } catch (DecodingException e) {
      return null;
    }
  }

  /** Reads one text from left to right. */
  private static final class Cursor {
    private final String text;
    private final String expected;
    private int at;

    Cursor(String text, String expected) {
      this.text = text;
      this.expected = expected;
    }

    TimestampData dateTime(int precision, boolean zoned) {
      long days = date();
      if (at >= text.length() || !isSeparator(text.charAt(at))) {
        throw malformed();
      }
      at++;
      long seconds = days * DAY_SECONDS + timeOfDay();
      int nanos = fraction(precision);
      if (zoned) {
        seconds -= offsetSeconds();
      }
      end();
      return TimestampData.fromEpochMillis(
          seconds * 1_000 + nanos / NANOS_PER_MILLI, nanos % NANOS_PER_MILLI);
    }

    Reading anyForm() {
      long seconds = date() * DAY_SECONDS;
      if (at == text.length()) {
        return new Reading(TimestampData.fromEpochMillis(seconds * 1_000), false, false, 0);
      }
      if (!isSeparator(text.charAt(at))) {
        throw malformed();
      }
      at++;
      seconds += timeOfDay();
      int nanos = fraction(9);
      boolean zoned = at < text.length();
      if (zoned) {
        seconds -= offsetSeconds();
      }
      end();
      int digits = 9;
      while (digits > 0 && nanos % POWERS[digits - 1] == 0) {
        digits--;
      }
      TimestampData timestamp =
          TimestampData.fromEpochMillis(
              seconds * 1_000 + nanos / NANOS_PER_MILLI, nanos % NANOS_PER_MILLI);
      return new Reading(timestamp, true, zoned, digits);
    }

    long date() {
      int year = digits(4);
      expect('-');
      int month = digits(2);
      expect('-');
      int day = digits(2);
      if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) {
        throw malformed();
      }
      return epochDay(year, month, day);
    }

    int timeOfDay() {
      int hour = digits(2);
      expect(':');
      int minute = digits(2);
      int second = 0;
      if (at < text.length() && text.charAt(at) == ':') {
        at++;
        second = digits(2);
      }
      if (hour > 23 || minute > 59 || second > 59) {
        throw malformed();
      }
      return hour * 3_600 + minute * 60 + second;
    }

    /** Nanoseconds of an optional fraction. */
    int fraction(int precision) {
      if (at >= text.length() || text.charAt(at) != '.') {
        return 0;
      }
      int first = ++at;
      int value = 0;
      while (at < text.length() && isDigit(text.charAt(at)) && at - first < 9) {
        value = value * 10 + (text.charAt(at) - '0');
        at++;
      }
      if (at == first) {
        throw malformed();
      }
      int nanos = value * POWERS[at - first];
      if (nanos % POWERS[precision] != 0) {
        throw new DecodingException(
            PRECISION_LOSS,
            DecodingException.shown(text)
                + " has more than the "
                + precision
                + " fractional digits that the contract keeps; raise the contract's precision");
      }
      return nanos;
    }

    int offsetSeconds() {
      if (at < text.length() && (text.charAt(at) == 'Z' || text.charAt(at) == 'z')) {
        at++;
        return 0;
      }
      if (at >= text.length() || (text.charAt(at) != '+' && text.charAt(at) != '-')) {
        throw malformed();
      }
      int sign = text.charAt(at) == '-' ? -1 : 1;
      at++;
      int hours = digits(2);
      int minutes = 0;
      if (at < text.length() && text.charAt(at) == ':') {
        at++;
        minutes = digits(2);
      } else if (at < text.length()) {
        minutes = digits(2);
      }
      if (hours > 18 || minutes > 59 || (hours == 18 && minutes > 0)) {
        throw malformed();
      }
      return sign * (hours * 3_600 + minutes * 60);
    }

    void end() {
      if (at != text.length()) {
        throw malformed();
      }
    }

    private int digits(int count) {
      int value = 0;
      for (int i = 0; i < count; i++) {
        if (at >= text.length() || !isDigit(text.charAt(at))) {
          throw malformed();
        }
        value = value * 10 + (text.charAt(at++) - '0');
      }
      return value;
    }

    private void expect(char c) {
      if (at >= text.length() || text.charAt(at) != c) {
        throw malformed();
      }
      at++;
    }

    private DecodingException malformed() {
      return DecodingException.wrongType(DecodingException.shown(text), expected);
    }

    private static boolean isSeparator(char c) {
      return c == 'T' || c == 't' || c == ' ';
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }
  }

  private static int daysIn(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Days since 1970-01-01 of a date of the proleptic Gregorian calendar, year 1 or later. */
  private static long epochDay(int year, int month, int day) {
    // Years that begin in March put the leap day last (Howard Hinnant, "days_from_civil").
    int shifted = month <= 2 ? year - 1 : year;
    int era = shifted / 400;
    int yearOfEra = shifted - era * 400;
    int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097L + dayOfEra - 719_468L;
  }
}
