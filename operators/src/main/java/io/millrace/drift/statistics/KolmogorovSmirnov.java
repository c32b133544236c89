package io.millrace.drift.statistics;

import java.util.Arrays;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;

/** The two-sample test of Kolmogorov and Smirnov. */
final class KolmogorovSmirnov {
  /**
   * Up to so many pairs of values the p-value counts lattice paths, which is exact without ties.
   */
  private static final long EXACT_PAIRS = 10_000;

  private KolmogorovSmirnov() {}

  /** Greatest distance of the two empirical distributions, over all values. O(n log n). */
  static double distance(double[] sortedReference, double[] sortedCurrent) {
    int n = sortedReference.length;
    int m = sortedCurrent.length;
    int i = 0;
    int j = 0;
    double greatest = 0;
    while (i < n && j < m) {
      double value = Math.min(sortedReference[i], sortedCurrent[j]);
      while (i < n && sortedReference[i] <= value) {
        i++;
      }
      while (j < m && sortedCurrent[j] <= value) {
        j++;
      }
      greatest = Math.max(greatest, Math.abs((double) i / n - (double) j / m));
    }
    return greatest;
  }

  /** Greatest distance at the edges of the grid, which is a lower bound of that over all values. */
  static double distance(WindowCounts reference, WindowCounts current) {
    double n = reference.values();
    double m = current.values();
    double greatest = 0;
    long left = 0;
    long right = 0;
    for (int bin = 0; bin < reference.grid().values(); bin++) {
      left += reference.count(bin);
      right += current.count(bin);
      greatest = Math.max(greatest, Math.abs(left / n - right / m));
    }
    return Math.min(1, greatest);
  }

  /**
   * How much greater the distance over all values can be than at the edges: inside a bin the two
   * distributions part by no more than the smaller of their shares of it. Nothing hides in a bin of
   * a single value.
   */
  static double errorBound(WindowCounts reference, WindowCounts current) {
    NumberGrid grid = (NumberGrid) reference.grid();
    double n = reference.values();
    double m = current.values();
    double bound = 0;
    for (int bin = 0; bin < grid.values(); bin++) {
      if (!grid.isSingleValue(bin)) {
        double hidden = Math.min(reference.count(bin) / n, current.count(bin) / m);
        bound = Math.max(bound, hidden);
      }
    }
    return bound;
  }

  /**
   * Probability of a distance at least this great without drift: exact by lattice paths for n m
   * &le; 10,000, else Kolmogorov's limit. Both are conservative where values tie.
   */
  static double pValue(double distance, long n, long m) {
    if (distance <= 0) {
      return 1;
    }
    if (n * m <= EXACT_PAIRS && n > 1 && m > 1) {
      double p = new KolmogorovSmirnovTest().exactP(distance, (int) n, (int) m, false);
      return Math.max(0, Math.min(1, p));
    }
    return Tails.kolmogorovAbove(distance * Math.sqrt((double) n / (n + m) * m));
  }

  static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
