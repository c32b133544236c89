package io.millrace.inference;

/**
 * Whether a whole number could be a time, told by its magnitude: the years 2000 to 2100 in seconds,
 * milliseconds and microseconds since 1970 do not overlap.
 */
final class EpochTimes {
  private static final long FROM_SECONDS = 946_684_800L;
  private static final long TO_SECONDS = 4_102_444_800L;

  private EpochTimes() {}

  static boolean isSeconds(long value) {
    return value >= FROM_SECONDS && value < TO_SECONDS;
  }

  static boolean isMillis(long value) {
    return value >= FROM_SECONDS * 1_000 && value < TO_SECONDS * 1_000;
  }

  static boolean isMicros(long value) {
    return value >= FROM_SECONDS * 1_000_000 && value < TO_SECONDS * 1_000_000;
  }
}
