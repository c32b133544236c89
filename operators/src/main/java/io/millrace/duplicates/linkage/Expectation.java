package io.millrace.duplicates.linkage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One estimate: expectation maximisation over the patterns of agreement among the candidates. The
 * shares of levels among others are fixed, from random pairs; those among matches, and the number
 * of matches, are what is looked for. All pairs of records that are no candidates count as no
 * matches.
 */
final class Expectation {
  private static final int MOST_ROUNDS = 100;
  private static final double SETTLED = 1e-6;

  /** Pairs that the guesses about matches and about others are worth. */
  private static final double GUESSED_MATCHES = 10;

  private static final double GUESSED_OTHERS = 20;

  /** Before anything is known: one match in so many pairs. */
  private static final double GUESSED_PAIRS_PER_MATCH = 200;

  private static final double LOG2 = Math.log(2);

  private final Linkage linkage;
  private final double[][] matches;
  private final double[][] others;
  private final double pairs;
  private double expectedMatches = 1;
  private FieldWeights weights;

  /** Before anything was observed. */
  static Expectation guess(Linkage linkage) {
    return new Expectation(linkage, (field, level) -> 0, new PatternCounts(), 0);
  }

  /** How often levels were counted among random pairs. */
  interface LevelCounts {
    double count(int field, int level);
  }

  Expectation(Linkage linkage, LevelCounts random, PatternCounts candidates, long records) {
    this.linkage = linkage;
    int fields = linkage.comparisons();
    this.matches = new double[fields][];
    this.others = new double[fields][];
    for (int field = 0; field < fields; field++) {
      Comparison comparison = linkage.comparison(field);
      int levels = comparison.levels().size();
      matches[field] = new double[levels];
      others[field] = new double[levels];
      for (int level = 0; level < levels; level++) {
        matches[field][level] = comparison.usualForMatches(level);
        others[field][level] =
            random.count(field, level) + GUESSED_OTHERS * comparison.usualForOthers(level);
      }
      normalise(others[field]);
    }
    this.pairs = GUESSED_PAIRS_PER_MATCH + records * (records - 1.0) / 2;
    this.weights = FieldWeights.of(linkage, matches, others);
    List<Map.Entry<PairPattern, Double>> patterns = new ArrayList<>(candidates.counts().entrySet());
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (improve(patterns) < SETTLED) {
        break;
      }
    }
  }

  /** One round; returns by how much the prior changed, as a ratio. */
  private double improve(List<Map.Entry<PairPattern, Double>> patterns) {
    double[][] sums = new double[matches.length][];
    for (int field = 0; field < sums.length; field++) {
      Comparison comparison = linkage.comparison(field);
      sums[field] = new double[matches[field].length];
      for (int level = 0; level < sums[field].length; level++) {
        sums[field][level] = GUESSED_MATCHES * comparison.usualForMatches(level);
      }
    }
    double prior = priorBits();
    double found = 1;
    for (Map.Entry<PairPattern, Double> entry : patterns) {
      PairPattern pattern = entry.getKey();
      double times = entry.getValue() * MatchModel.probability(bits(pattern, prior));
      found += times;
      for (int field = 0; field < sums.length; field++) {
        int level = pattern.levels[field];
        if (level != Comparison.MISSING && (pattern.selecting >>> field & 1) == 0) {
          sums[field][level] += times;
        }
      }
    }
    for (int field = 0; field < sums.length; field++) {
      normalise(sums[field]);
      matches[field] = sums[field];
    }
    weights = FieldWeights.of(linkage, matches, others);
    double change = Math.abs(found - expectedMatches) / found;
    expectedMatches = found;
    return change;
  }

  private double bits(PairPattern pattern, double prior) {
    double bits = prior;
    for (int field = 0; field < pattern.levels.length; field++) {
      int level = pattern.levels[field];
      bits += level == Comparison.MISSING ? 0 : weights.bits(field, level);
    }
    return bits;
  }

  private static void normalise(double[] shares) {
    double sum = 0;
    for (double share : shares) {
      sum += share;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
  }

  FieldWeights weights() {
    return weights;
  }

  double priorBits() {
    return Math.log(expectedMatches / Math.max(1, pairs - expectedMatches)) / LOG2;
  }
}
