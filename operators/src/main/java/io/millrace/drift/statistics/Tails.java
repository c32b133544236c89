package io.millrace.drift.statistics;

import org.apache.commons.math3.special.Erf;
import org.apache.commons.math3.special.Gamma;

/** Tail probabilities of the distributions that test statistics follow. */
final class Tails {
  private static final double SMALLEST_TERM = 1e-18;

  private Tails() {}

  /** P(X &ge; x) of a chi-square variable; 1 without degrees of freedom. */
  static double chiSquareAbove(double x, double degrees) {
    if (Double.isNaN(x)) {
      return Double.NaN;
    }
    if (degrees <= 0 || x <= 0) {
      return 1;
    }
    return gammaAbove(degrees / 2, x / 2);
  }

  /** Q(a, x), the regularized upper incomplete gamma function. */
  static double gammaAbove(double a, double x) {
    if (x <= 0) {
      return 1;
    }
    if (Double.isInfinite(x)) {
      return 0;
    }
    return Math.max(0, Math.min(1, Gamma.regularizedGammaQ(a, x)));
  }

  static double normalBelow(double z) {
    return 0.5 * Erf.erfc(-z / Math.sqrt(2));
  }

  /** P(|Z| &ge; |z|) of a standard normal variable. */
  static double normalBeyond(double z) {
    return Erf.erfc(Math.abs(z) / Math.sqrt(2));
  }

  /**
   * P(K &ge; t) of Kolmogorov's distribution: 2 sum over k of (-1)^(k-1) exp(-2 k^2 t^2), and for
   * small t the theta transform of it, so that a few terms give full precision everywhere.
   */
  static double kolmogorovAbove(double t) {
    if (t <= 0) {
      return 1;
    }
    if (t < 1) {
      double factor = Math.PI * Math.PI / (8 * t * t);
      double sum = 0;
      for (int k = 1; ; k += 2) {
        double term = Math.exp(-k * k * factor);
        sum += term;
        if (term < SMALLEST_TERM) {
          return 1 - Math.sqrt(2 * Math.PI) / t * sum;
        }
      }
    }
    double sum = 0;
    for (int k = 1; ; k++) {
      double term = Math.exp(-2.0 * k * k * t * t);
      sum += (k & 1) == 1 ? term : -term;
      if (term < SMALLEST_TERM) {
        return Math.min(1, 2 * sum);
      }
    }
  }
}
