package io.millrace.duplicates.linkage;

import java.util.ArrayList;
import java.util.List;

/**
 * Judges pairs of records after Fellegi and Sunter, "A theory for record linkage", 1969. A field
 * that agrees as far as {@code level} multiplies the odds of a match by {@code P(level | match) /
 * P(level | other)}; fields multiply each other, missing ones do nothing. Equal values that are
 * rare in the data count more, frequent ones less.
 *
 * <p>Immutable and thread safe.
 */
public final class MatchModel {
  private final Linkage linkage;
  private final FieldWeights weights;
  private final double priorBits;
  private final ValueShares shares;
  private final int version;

  MatchModel(
      Linkage linkage, FieldWeights weights, double priorBits, ValueShares shares, int version) {
    this.linkage = linkage;
    this.weights = weights;
    this.priorBits = priorBits;
    this.shares = shares;
    this.version = version;
  }

  /** Counts up with every estimate: a pair judged by a lesser one may be judged otherwise now. */
  public int version() {
    return version;
  }

  /** log2 of the odds that two records are the same thing before any field is looked at. */
  public double priorBits() {
    return priorBits;
  }

  /** What a level of agreement in a field is worth, in bits, for a value of usual frequency. */
  public double bits(int field, int level) {
    return weights.bits(field, level);
  }

  /** log2 of the odds that it is the same thing. */
  public double bitsOf(PairComparison pair) {
    double bits = priorBits;
    for (int field = 0; field < pair.fields(); field++) {
      bits += bits(pair, field);
    }
    return bits;
  }

  /** That both records are of the same thing, from 0 to 1. */
  public double probabilityOf(PairComparison pair) {
    return probability(bitsOf(pair));
  }

  public Verdict verdictOf(PairComparison pair) {
    return linkage.thresholds().verdict(probabilityOf(pair));
  }

  /** The verdict with its reasons. */
  public Judgement judge(PairComparison pair) {
    List<FieldReason> reasons = new ArrayList<>(pair.fields());
    double bits = priorBits;
    for (int field = 0; field < pair.fields(); field++) {
      double says = bits(pair, field);
      bits += says;
      int level = pair.level(field);
      reasons.add(
          new FieldReason(
              linkage.nameOf(field),
              level == Comparison.MISSING
                  ? "missing"
                  : linkage.comparison(field).levels().get(level),
              says));
    }
    double probability = probability(bits);
    return new Judgement(linkage.thresholds().verdict(probability), probability, bits, reasons);
  }

  private double bits(PairComparison pair, int field) {
    int level = pair.level(field);
    if (level == Comparison.MISSING) {
      return 0;
    }
    double bits = weights.bits(field, level);
    return level == 0 && field < linkage.fields().size() && linkage.isLearned(field)
        ? bits + shares.rarityBits(field, pair.agreed(field))
        : bits;
  }

  static double probability(double bits) {
    return 1 / (1 + Math.pow(2, -bits));
  }
}
