package io.millrace.duplicates.linkage;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Three kinds of pairs, of which candidates are a mixture, and how well they explain the
 * candidates.
 *
 * <ul>
 *   <li>Matches, which agree nearly everywhere.
 *   <li>Others, which agree by chance, in each field for itself.
 *   <li>Related ones: different things that belong together, such as people of one household. In
 *       some fields, the shared ones, they agree as matches do, in the rest as others do.
 * </ul>
 */
final class Mixture {
  /** Pairs that the guess about matches is worth. */
  private static final double GUESSED_PAIRS = 10;

  private static final double HALF = 0.5;

  private final Linkage linkage;
  private final double[][] others;
  private final double pairs;
  private final boolean withRelated;
  double[][] matches;

  /** Of each field how likely it is shared by related pairs. */
  double[] shared;

  double expectedMatches = 1;
  double expectedRelated;
  private double logLikelihood;

  /**
   * @param others shares of the levels among others, which are fixed
   * @param pairs of all records, candidates or not
   */
  Mixture(Linkage linkage, double[][] others, double pairs, boolean withRelated) {
    this.linkage = linkage;
    this.others = others;
    this.pairs = pairs;
    this.withRelated = withRelated;
    this.matches = guessedMatches();
    normalise(matches);
    this.shared = new double[others.length];
    Arrays.fill(shared, HALF);
    this.expectedRelated = withRelated ? 1 : 0;
  }

  private double[][] guessedMatches() {
    double[][] guess = new double[others.length][];
    for (int field = 0; field < guess.length; field++) {
      guess[field] = new double[others[field].length];
      for (int level = 0; level < guess[field].length; level++) {
        guess[field][level] = GUESSED_PAIRS * linkage.comparison(field).usualForMatches(level);
      }
    }
    return guess;
  }

  /**
   * Expectation maximisation until it settles; {@code learnShared} when it is not known what is
   * shared.
   */
  void fit(List<Map.Entry<PairPattern, Double>> patterns, int mostRounds, boolean learnShared) {
    for (int round = 0; round < mostRounds; round++) {
      double before = logLikelihood;
      improve(patterns, learnShared);
      if (round > 0 && Math.abs(logLikelihood - before) < 1e-7 * Math.abs(logLikelihood) + 1e-6) {
        return;
      }
    }
  }

  private void improve(List<Map.Entry<PairPattern, Double>> patterns, boolean learnShared) {
    double[][] matchLogs = logRatios(matches);
    double[][] relatedLogs = logRatios(related());
    double matchPrior = Math.log(expectedMatches / remaining());
    double relatedPrior = Math.log(expectedRelated / remaining());
    double[][] sums = guessedMatches();
    double[] sharedSums = new double[shared.length];
    double[] relatedSums = new double[shared.length];
    double foundMatches = 1;
    double foundRelated = withRelated ? 1 : 0;
    logLikelihood = 0;
    for (Map.Entry<PairPattern, Double> entry : patterns) {
      PairPattern pattern = entry.getKey();
      double times = entry.getValue();
      // Odds against the others.
      double match = Math.exp(matchPrior + sum(pattern, matchLogs));
      double relate = withRelated ? Math.exp(relatedPrior + sum(pattern, relatedLogs)) : 0;
      double all = 1 + match + relate;
      logLikelihood += times * Math.log(all * remaining() / pairs);
      double timesMatch = times * match / all;
      double timesRelated = times * relate / all;
      foundMatches += timesMatch;
      foundRelated += timesRelated;
      for (int field = 0; field < sums.length; field++) {
        int level = pattern.levels[field];
        if (level != Comparison.MISSING && (pattern.selecting >>> field & 1) == 0) {
          sums[field][level] += timesMatch;
          double likeMatches = shared[field] * matches[field][level];
          double likeOthers = (1 - shared[field]) * others[field][level];
          sharedSums[field] += timesRelated * likeMatches / (likeMatches + likeOthers);
          relatedSums[field] += timesRelated;
        }
      }
    }
    normalise(sums);
    matches = sums;
    expectedMatches = foundMatches;
    expectedRelated = foundRelated;
    if (learnShared) {
      for (int field = 0; field < shared.length; field++) {
        shared[field] = (1 + sharedSums[field]) / (2 + relatedSums[field]);
      }
    }
  }

  /** Shares of the levels among related pairs. */
  double[][] related() {
    double[][] related = new double[others.length][];
    for (int field = 0; field < related.length; field++) {
      related[field] = new double[others[field].length];
      for (int level = 0; level < related[field].length; level++) {
        related[field][level] =
            shared[field] * matches[field][level] + (1 - shared[field]) * others[field][level];
      }
    }
    return related;
  }

  private double[][] logRatios(double[][] shares) {
    double[][] logs = new double[shares.length][];
    for (int field = 0; field < logs.length; field++) {
      logs[field] = new double[shares[field].length];
      for (int level = 0; level < logs[field].length; level++) {
        logs[field][level] = Math.log(shares[field][level] / others[field][level]);
      }
    }
    return logs;
  }

  private static double sum(PairPattern pattern, double[][] logs) {
    double sum = 0;
    for (int field = 0; field < logs.length; field++) {
      int level = pattern.levels[field];
      sum += level == Comparison.MISSING ? 0 : logs[field][level];
    }
    return sum;
  }

  static void normalise(double[][] shares) {
    for (double[] field : shares) {
      normalise(field);
    }
  }

  static void normalise(double[] shares) {
    double sum = 0;
    for (double share : shares) {
      sum += share;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
  }

  /** How well the candidates are explained, against all of them being others: natural logarithm. */
  double logLikelihood() {
    return logLikelihood;
  }

  double remaining() {
    return Math.max(1, pairs - expectedMatches - expectedRelated);
  }
}
