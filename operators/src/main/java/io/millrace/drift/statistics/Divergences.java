package io.millrace.drift.statistics;

/** Distances between two vectors of shares, from counts. */
final class Divergences {
  private Divergences() {}

  /**
   * Population stability index, sum of (p - q) ln(p / q): the symmetric Kullback-Leibler divergence
   * of Jeffreys, as credit scoring uses it (Siddiqi, "Credit Risk Scorecards", 2006). Smoothing: a
   * bin that one of the two does not have counts as half a value there; all others are as they are.
   */
  static double psi(BinTable table) {
    double n = table.referenceTotal();
    double m = table.currentTotal();
    double psi = 0;
    for (int bin = 0; bin < table.bins(); bin++) {
      double p = Math.max(0.5, table.reference()[bin]) / n;
      double q = Math.max(0.5, table.current()[bin]) / m;
      psi += (p - q) * Math.log(p / q);
    }
    return psi;
  }

  /**
   * P-value of a PSI. Without drift PSI n m / (n + m) follows a chi-square distribution of B - 1
   * degrees of freedom in large samples (Yurdakul and Naranjo, "Statistical properties of the
   * population stability index", 2020). In small ones it is larger by a factor: with l and u
   * expected in a bin, the expansion of the logarithms to the fourth order gives a mean of 1 +
   * (1/l^2 + 1/u^2) / (1/l + 1/u) / 2 for the bin, and the statistic is divided by the mean of
   * these.
   */
  static double psiPValue(BinTable table) {
    double n = table.referenceTotal();
    double m = table.currentTotal();
    double excess = 0;
    for (int bin = 0; bin < table.bins(); bin++) {
      double share = (table.reference()[bin] + table.current()[bin]) / (n + m);
      double l = 1 / (n * share);
      double u = 1 / (m * share);
      excess += (l * l + u * u) / (l + u) / 2;
    }
    double correction = 1 + excess / table.bins();
    return Tails.chiSquareAbove(psi(table) / table.noise() / correction, table.bins() - 1);
  }

  /**
   * Jensen-Shannon divergence in nats: (KL(p, a) + KL(q, a)) / 2 with a = (p + q) / 2 (Lin, 1991).
   * Its square root is a metric and lies between 0 and sqrt(ln 2) = 0.83.
   */
  static double jensenShannonDivergence(BinTable table) {
    double n = table.referenceTotal();
    double m = table.currentTotal();
    double sum = 0;
    for (int bin = 0; bin < table.bins(); bin++) {
      double p = table.reference()[bin] / n;
      double q = table.current()[bin] / m;
      double middle = (p + q) / 2;
      sum += p > 0 ? p * Math.log(p / middle) : 0;
      sum += q > 0 ? q * Math.log(q / middle) : 0;
    }
    return Math.max(0, sum / 2);
  }

  /** Squared Hellinger distance: 1 - sum of sqrt(p q), between 0 and 1. */
  static double hellingerSquared(BinTable table) {
    double n = table.referenceTotal();
    double m = table.currentTotal();
    double affinity = 0;
    for (int bin = 0; bin < table.bins(); bin++) {
      affinity += Math.sqrt(table.reference()[bin] / n * (table.current()[bin] / m));
    }
    return Math.max(0, 1 - affinity);
  }

  /**
   * Pearson's chi-square of homogeneity, B - 1 degrees of freedom, without continuity correction.
   */
  static double chiSquare(BinTable table) {
    double n = table.referenceTotal();
    double m = table.currentTotal();
    double sum = 0;
    for (int bin = 0; bin < table.bins(); bin++) {
      double share = (table.reference()[bin] + table.current()[bin]) / (n + m);
      double left = table.reference()[bin] - n * share;
      double right = table.current()[bin] - m * share;
      sum += left * left / (n * share) + right * right / (m * share);
    }
    return sum;
  }

  /** The G-test: twice the sum of observed ln(observed / expected). */
  static double g(BinTable table) {
    double n = table.referenceTotal();
    double m = table.currentTotal();
    double sum = 0;
    for (int bin = 0; bin < table.bins(); bin++) {
      double share = (table.reference()[bin] + table.current()[bin]) / (n + m);
      sum += term(table.reference()[bin], n * share) + term(table.current()[bin], m * share);
    }
    return Math.max(0, 2 * sum);
  }

  private static double term(double observed, double expected) {
    return observed == 0 ? 0 : observed * Math.log(observed / expected);
  }
}
