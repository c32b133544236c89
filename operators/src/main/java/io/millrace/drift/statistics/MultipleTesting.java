package io.millrace.drift.statistics;

import java.util.Arrays;
import java.util.Comparator;

/** P-values of many tests at once. */
public final class MultipleTesting {
  private MultipleTesting() {}

  /**
   * Adjusted p-values of Benjamini and Hochberg, "Controlling the false discovery rate" (1995): of
   * the tests whose adjusted value is at most alpha, a share of at most alpha is expected to be
   * false, for independent and positively dependent tests. With m tests and p(1) &le; ... &le; p(m)
   * the i-th becomes min over j &ge; i of p(j) m / j, at most 1.
   *
   * @param pValues NaN stands for no test: stays NaN, and does not count
   * @return in the order of the argument
   */
  public static double[] benjaminiHochberg(double[] pValues) {
    Integer[] order = new Integer[pValues.length];
    Arrays.setAll(order, i -> i);
    // NaN is sorted behind all numbers.
    Arrays.sort(order, Comparator.comparingDouble(i -> pValues[i]));
    int tests = (int) Arrays.stream(pValues).filter(p -> !Double.isNaN(p)).count();
    double[] adjusted = new double[pValues.length];
    Arrays.fill(adjusted, Double.NaN);
    double smallest = 1;
    for (int rank = tests; rank >= 1; rank--) {
      int test = order[rank - 1];
      smallest = Math.min(smallest, pValues[test] * tests / rank);
      adjusted[test] = smallest;
    }
    return adjusted;
  }
}
