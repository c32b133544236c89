package io.millrace.sketch;

/**
 * Doubles as longs of the same order. Part of the format of sketches and of state: never changes.
 */
public final class DoubleOrder {
  private DoubleOrder() {}

  /** A long in the order of doubles: NaN greatest and only one, -0.0 the same as 0.0. */
  public static long orderOf(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  /** The double that {@link #orderOf} encoded. */
  public static double doubleOf(long order) {
    return Double.longBitsToDouble(order ^ ((order >> 63) & Long.MAX_VALUE));
  }
}
