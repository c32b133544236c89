package io.millrace.inference;

import java.util.Arrays;

/**
 * How often values of each kind came at one place of a JSON document, and how wide they were.
 * Mergeable; a Flink state record of some 200 bytes.
 *
 * @param counts by the ordinal of {@link ValueKind}; an array of an earlier version may be shorter
 * @param integerDigits the most digits before the point of any number
 * @param scale the most digits after the point
 * @param evenScale the digits after the point of every decimal seen so far, -1 when they differ or
 *     none came
 * @param trailingZeros decimals such as {@code 12.50} that end in a zero a floating point number
 *     would not have been printed with
 * @param subsecondDigits the most digits of a second's fraction in timestamps and times
 * @param epochSeconds whole numbers that could be seconds since 1970, see {@link EpochTimes}
 * @param epochMillis the same in milliseconds
 * @param epochMicros the same in microseconds
 */
public record TypeCounts(
    long[] counts,
    int integerDigits,
    int scale,
    int evenScale,
    long trailingZeros,
    int subsecondDigits,
    long epochSeconds,
    long epochMillis,
    long epochMicros) {

  /** Nothing seen. */
  public static TypeCounts none() {
    return new TypeCounts(new long[ValueKind.values().length], 0, 0, -1, 0, 0, 0, 0, 0);
  }

  public long of(ValueKind kind) {
    return kind.ordinal() < counts.length ? counts[kind.ordinal()] : 0;
  }

  /** Values that came, nulls too. */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /** Values that were not null. */
  public long present() {
    return total() - of(ValueKind.NULL);
  }

  /** All that was seen here and there. */
  public TypeCounts plus(TypeCounts other) {
    long[] sum = new long[ValueKind.values().length];
    for (ValueKind kind : ValueKind.values()) {
      sum[kind.ordinal()] = of(kind) + other.of(kind);
    }
    return new TypeCounts(
        sum,
        Math.max(integerDigits, other.integerDigits),
        Math.max(scale, other.scale),
        evenScaleWith(other),
        trailingZeros + other.trailingZeros,
        Math.max(subsecondDigits, other.subsecondDigits),
        epochSeconds + other.epochSeconds,
        epochMillis + other.epochMillis,
        epochMicros + other.epochMicros);
  }

  private int evenScaleWith(TypeCounts other) {
    if (other.of(ValueKind.DECIMAL) == 0) {
      return evenScale;
    }
    if (of(ValueKind.DECIMAL) == 0) {
      return other.evenScale;
    }
    return evenScale == other.evenScale ? evenScale : -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TypeCounts that
        && Arrays.equals(counts, that.counts)
        && integerDigits == that.integerDigits
        && scale == that.scale
        && evenScale == that.evenScale
        && trailingZeros == that.trailingZeros
        && subsecondDigits == that.subsecondDigits
        && epochSeconds == that.epochSeconds
        && epochMillis == that.epochMillis
        && epochMicros == that.epochMicros;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(counts) + scale;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("TypeCounts[");
    for (ValueKind kind : ValueKind.values()) {
      if (of(kind) > 0) {
        text.append(kind).append('=').append(of(kind)).append(' ');
      }
    }
    return text.append(']').toString();
  }
}
