package io.millrace.duplicates.linkage;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Days as eight digits, year first. A value that is written in another way keeps its digits, so
 * that it can still be compared; one with impossible parts, such as month 13, stays as it is.
 */
final class Days {
  private static final Pattern YEAR_FIRST =
      Pattern.compile("(\\d{4})[-/.]?(\\d{2})[-/.]?(\\d{2})(?:[T ].*)?");
  private static final Pattern YEAR_LAST =
      Pattern.compile("(\\d{1,2})([-/.])(\\d{1,2})[-/.](\\d{4})");

  private static final int DIGITS = 8;

  private Days() {}

  /** Eight digits where the value is a day; other digits as they are; null without digits. */
  static String plain(String value) {
    String text = value.strip();
    if (YEAR_FIRST.matcher(text).matches()) {
      Matcher matcher = YEAR_FIRST.matcher(text);
      matcher.matches();
      return matcher.group(1) + matcher.group(2) + matcher.group(3);
    }
    Matcher matcher = YEAR_LAST.matcher(text);
    if (matcher.matches()) {
      // With slashes the month comes first where both orders are possible, as in the United States.
      boolean monthFirst = matcher.group(2).equals("/") && Integer.parseInt(matcher.group(1)) <= 12;
      int month = Integer.parseInt(matcher.group(monthFirst ? 1 : 3));
      int day = Integer.parseInt(matcher.group(monthFirst ? 3 : 1));
      return "%s%02d%02d".formatted(matcher.group(4), month, day);
    }
    String digits = text.replaceAll("\\D", "");
    return digits.isEmpty() ? null : digits;
  }

  static boolean isWhole(String plain) {
    return plain.length() == DIGITS;
  }

  /** The smaller of the two first. */
  static String monthAndDay(String plain) {
    if (!isWhole(plain)) {
      return "";
    }
    String month = plain.substring(4, 6);
    String day = plain.substring(6);
    return month.compareTo(day) <= 0 ? month + day : day + month;
  }

  /** Whether year and the numbers of month and day are the same, month and day interchanged. */
  static boolean areTurned(String a, String b) {
    return isWhole(a)
        && isWhole(b)
        && a.substring(0, 4).equals(b.substring(0, 4))
        && monthAndDay(a).equals(monthAndDay(b));
  }

  /** Whether both are days with at most so many days between. */
  static boolean areWithin(String a, String b, long days) {
    Optional<LocalDate> left = day(a);
    Optional<LocalDate> right = day(b);
    return left.isPresent()
        && right.isPresent()
        && Math.abs(left.get().toEpochDay() - right.get().toEpochDay()) <= days;
  }

  private static Optional<LocalDate> day(String plain) {
    if (!isWhole(plain)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          LocalDate.of(
              Integer.parseInt(plain.substring(0, 4)),
              Integer.parseInt(plain.substring(4, 6)),
              Integer.parseInt(plain.substring(6))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
