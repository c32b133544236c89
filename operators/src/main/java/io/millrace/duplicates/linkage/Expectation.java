package io.millrace.duplicates.linkage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * One estimate: the {@link Mixture} that explains the patterns of agreement among the candidates.
 *
 * <p>Where many different things agree in the same fields at once, as people of one household do,
 * the best explanation by matches and others alone takes those for the matches. So pairs that are
 * related without being matches are reckoned with when they differ in fields that hold a third of
 * what identifies, and
 *
 * <ul>
 *   <li>the candidates are explained clearly better with them, by the Bayesian information
 *       criterion (Schwarz 1978), or
 *   <li>without them, matches would mostly disagree in a third of what identifies.
 * </ul>
 */
final class Expectation {
  private static final int MOST_ROUNDS = 100;

  /** Pairs that the guesses about others are worth. */
  private static final double GUESSED_OTHERS = 20;

  /** Before anything is known: one match in so many pairs. */
  private static final double GUESSED_PAIRS_PER_MATCH = 200;

  private static final double HALF = 0.5;
  private static final double THIRD = 1.0 / 3;
  private static final double QUARTER = 0.25;

  private final Linkage linkage;
  private final double[][] others;
  private final double pairs;
  private final Mixture mixture;

  /** How often levels were counted among random pairs. */
  interface LevelCounts {
    double count(int field, int level);
  }

  Expectation(Linkage linkage, LevelCounts random, PatternCounts candidates, double records) {
    this.linkage = linkage;
    this.others = new double[linkage.comparisons()][];
    for (int field = 0; field < others.length; field++) {
      Comparison comparison = linkage.comparison(field);
      others[field] = new double[comparison.levels().size()];
      for (int level = 0; level < others[field].length; level++) {
        others[field][level] =
            random.count(field, level) + GUESSED_OTHERS * comparison.usualForOthers(level);
      }
    }
    Mixture.normalise(others);
    this.pairs = GUESSED_PAIRS_PER_MATCH + records * (records - 1) / 2;
    List<Map.Entry<PairPattern, Double>> patterns = new ArrayList<>(candidates.counts().entrySet());
    Mixture plain = new Mixture(linkage, others, pairs, false);
    if (patterns.isEmpty()) {
      mixture = plain;
      return;
    }
    plain.fit(patterns, MOST_ROUNDS, false);
    Mixture related = new Mixture(linkage, others, pairs, true);
    related.fit(patterns, MOST_ROUNDS, true);
    double cost = HALF * (others.length + 1) * Math.log(Math.max(2, candidates.total()));
    boolean explainsBetter = related.logLikelihood() > plain.logLikelihood() + cost;
    boolean tellsApart = identify(field -> related.shared[field] < QUARTER, related);
    boolean implausible = identify(field -> plain.matches[field][0] < HALF, plain);
    mixture = tellsApart && (explainsBetter || implausible) ? related : plain;
  }

  /** Whether these fields hold a third or more of what tells matches from others. */
  private boolean identify(IntPredicate fields, Mixture by) {
    double some = 0;
    double all = 0;
    for (int field = 0; field < others.length; field++) {
      double bits = FieldWeights.log2(by.matches[field][0] / others[field][0]);
      some += fields.test(field) ? bits : 0;
      all += bits;
    }
    return some >= THIRD * all;
  }

  /** Before anything was observed. */
  static Expectation guess(Linkage linkage) {
    return new Expectation(linkage, (field, level) -> 0, new PatternCounts(), 0);
  }

  /** Of matches against others. */
  FieldWeights matchWeights() {
    return FieldWeights.of(linkage, mixture.matches, others);
  }

  /** Of related pairs against others. */
  FieldWeights relatedWeights() {
    return FieldWeights.ratios(mixture.related(), others);
  }

  /** log2 of the odds of a match against another pair, before any field is looked at. */
  double matchPriorBits() {
    return FieldWeights.log2(mixture.expectedMatches / mixture.remaining());
  }

  /** The same of a related pair; negative infinity when there are none. */
  double relatedPriorBits() {
    return FieldWeights.log2(mixture.expectedRelated / mixture.remaining());
  }
}
