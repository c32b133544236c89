package io.millrace.features.kernel;

/**
 * Numbers of about 106 bits as the unevaluated sum of two doubles, high word first, in a long
 * array.
 *
 * <p>One addition is off by at most 2<sup>-104</sup> of the larger operand. Method: two-sum of
 * Knuth; double-double addition of Li et al., "Design, implementation and testing of extended and
 * mixed precision BLAS", ACM TOMS 28 (2002).
 */
final class DoubleDouble {
  private static final double SOUND_RATIO = 1 << 20;

  private DoubleDouble() {}

  /** Adds; a sum out of range is an infinity (or NaN) in the high word, and stays that. */
  static void add(long[] words, int at, double high, double low) {
    double a = Double.longBitsToDouble(words[at]);
    double b = Double.longBitsToDouble(words[at + 1]);
    double sum = a + high;
    if (Math.abs(sum) <= Double.MAX_VALUE) {
      double part = sum - a;
      double rest = (a - (sum - part)) + (high - part);
      double lowSum = b + low;
      double lowPart = lowSum - b;
      double lowRest = (b - (lowSum - lowPart)) + (low - lowPart);
      rest += lowSum;
      double middle = sum + rest;
      rest = rest - (middle - sum) + lowRest;
      sum = middle + rest;
      words[at + 1] = Double.doubleToRawLongBits(rest - (sum - middle));
    } else {
      words[at + 1] = 0;
    }
    words[at] = Double.doubleToRawLongBits(sum);
  }

  /**
   * Whether a sum from which things were taken out can still be trusted to the last bit of a
   * double.
   *
   * @param magnitude the sum of magnitudes that remain
   * @param peak the largest that the sum of magnitudes has been
   */
  static boolean isSound(double magnitude, double peak) {
    // Written so that infinities and NaN are not.
    return peak <= magnitude * SOUND_RATIO && peak <= Double.MAX_VALUE;
  }
}
