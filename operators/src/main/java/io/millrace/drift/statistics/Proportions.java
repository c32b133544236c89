package io.millrace.drift.statistics;

import org.apache.commons.math3.special.Beta;
import org.apache.commons.math3.special.Gamma;

/** Tests of two shares. */
final class Proportions {
  /** Up to so many terms Fisher's test is computed, beyond that its limit does. */
  private static final long MAX_TERMS = 2_000;

  private Proportions() {}

  /**
   * Cohen's h, the difference of two shares on the scale where its variance is the same everywhere:
   * 2 asin sqrt(p) - 2 asin sqrt(q). From 0 to 1% is 0.2, from 0 to 6% is 0.5, from 50% to 60% is
   * 0.2 (Cohen, "Statistical power analysis", 1988).
   */
  static double cohensH(double p, double q) {
    return 2 * Math.asin(Math.sqrt(p)) - 2 * Math.asin(Math.sqrt(q));
  }

  /**
   * Probability of two shares at least this different when they are the same: Fisher's exact test,
   * two-sided by the probability of each table, and the chi-square test where that has too many.
   */
  static double pValue(long hits, long of, long otherHits, long otherOf) {
    long marked = hits + otherHits;
    long all = of + otherOf;
    if (marked == 0 || marked == all || of == 0 || otherOf == 0) {
      return 1;
    }
    long fewest = Math.max(0, marked - otherOf);
    long most = Math.min(marked, of);
    if (most - fewest > MAX_TERMS) {
      BinTable table =
          new BinTable(new long[] {hits, of - hits}, new long[] {otherHits, otherOf - otherHits});
      return Tails.chiSquareAbove(Divergences.chiSquare(table), 1);
    }
    double observed = logOfTable(hits, of, marked, all);
    double sum = 0;
    for (long count = fewest; count <= most; count++) {
      double log = logOfTable(count, of, marked, all);
      // As likely ones differ by roundings.
      if (log <= observed + 1e-7) {
        sum += Math.exp(log);
      }
    }
    return Math.min(1, sum);
  }

  private static double logOfTable(long hits, long of, long marked, long all) {
    return logBinomial(marked, hits) + logBinomial(all - marked, of - hits) - logBinomial(all, of);
  }

  private static double logBinomial(double n, double k) {
    return Gamma.logGamma(n + 1) - Gamma.logGamma(k + 1) - Gamma.logGamma(n - k + 1);
  }

  /**
   * Probability of at least so many rows with new names when nothing changed. A reference of n rows
   * has s names that came once; leave any row out and it is one of these, new, with probability s/n
   * (Good and Turing). Both counts being rare events of the same rate, the window's share of their
   * sum is binomial with m / (n + m).
   */
  static double newPValue(long singles, long referenceRows, long newRows, long currentRows) {
    if (newRows == 0 || currentRows == 0) {
      return 1;
    }
    if (referenceRows == 0) {
      return 0;
    }
    double share = (double) currentRows / (referenceRows + currentRows);
    return Beta.regularizedBeta(share, newRows, singles + 1.0);
  }
}
