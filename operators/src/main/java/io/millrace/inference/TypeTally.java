package io.millrace.inference;

/** Counts the kinds of values; the mutable side of {@link TypeCounts}. NOT thread safe. */
final class TypeTally {
  private final long[] counts = new long[ValueKind.values().length];
  private int integerDigits;
  private int scale;
  private int evenScale = -1;
  private long trailingZeros;
  private int subsecondDigits;
  private long epochSeconds;
  private long epochMillis;
  private long epochMicros;

  void count(ValueKind kind) {
    counts[kind.ordinal()]++;
  }

  /** A whole number that fits 64 bits. */
  void integer(long value) {
    count(ValueKind.INTEGER);
    integerDigits = Math.max(integerDigits, digits(value));
    epochSeconds += EpochTimes.isSeconds(value) ? 1 : 0;
    epochMillis += EpochTimes.isMillis(value) ? 1 : 0;
    epochMicros += EpochTimes.isMicros(value) ? 1 : 0;
  }

  /** Any other number, as it was written. */
  void number(ValueKind kind, String written) {
    int point = written.indexOf('.');
    int before = (point < 0 ? written.length() : point) - (written.startsWith("-") ? 1 : 0);
    if (kind == ValueKind.DECIMAL) {
      int after = written.length() - point - 1;
      evenScale = counts[kind.ordinal()] == 0 || evenScale == after ? after : -1;
      scale = Math.max(scale, after);
      // 12.0 is how a double prints; 12.50 is how a decimal does.
      trailingZeros += after > 1 && written.endsWith("0") ? 1 : 0;
    }
    if (kind != ValueKind.FLOAT) {
      integerDigits = Math.max(integerDigits, before);
    }
    count(kind);
  }

  void text(ValueKind kind, String text) {
    count(kind);
    if (kind == ValueKind.TIME
        || kind == ValueKind.LOCAL_TIMESTAMP
        || kind == ValueKind.ZONED_TIMESTAMP) {
      subsecondDigits = Math.max(subsecondDigits, TextKinds.subsecondDigits(text));
    }
  }

  TypeCounts counts() {
    return new TypeCounts(
        counts.clone(),
        integerDigits,
        scale,
        evenScale,
        trailingZeros,
        subsecondDigits,
        epochSeconds,
        epochMillis,
        epochMicros);
  }

  private static int digits(long value) {
    return Long.toString(value).length() - (value < 0 ? 1 : 0);
  }
}
