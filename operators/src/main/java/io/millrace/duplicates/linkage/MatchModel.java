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
  /** The name of the reason that a pair agrees as different things do that belong together. */
  public static final String RELATED = "(related)";

  private static final double WORTH_SAYING = 0.05;

  private final Linkage linkage;
  private final FieldWeights weights;
  private final double priorBits;
  private final FieldWeights relatedWeights;
  private final double relatedPriorBits;
  private final ValueShares shares;
  private final int version;

  MatchModel(Linkage linkage, Expectation expectation, ValueShares shares, int version) {
    this.linkage = linkage;
    this.weights = expectation.matchWeights();
    this.priorBits = expectation.matchPriorBits();
    this.relatedWeights = expectation.relatedWeights();
    this.relatedPriorBits = expectation.relatedPriorBits();
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
    double relatedBits = relatedPriorBits;
    for (int field = 0; field < pair.fields(); field++) {
      double rarity = rarityBits(pair, field);
      bits += bits(pair, field) + rarity;
      relatedBits += relatedBits(pair, field) + rarity;
    }
    return bits - againstRelated(relatedBits);
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
    List<FieldReason> reasons = new ArrayList<>(pair.fields() + 1);
    double bits = priorBits;
    double relatedBits = relatedPriorBits;
    for (int field = 0; field < pair.fields(); field++) {
      int level = pair.level(field);
      double rarity = rarityBits(pair, field);
      double says = bits(pair, field) + rarity;
      bits += says;
      relatedBits += relatedBits(pair, field) + rarity;
      reasons.add(
          new FieldReason(
              linkage.nameOf(field),
              level == Comparison.MISSING
                  ? "missing"
                  : linkage.comparison(field).levels().get(level),
              says));
    }
    double against = againstRelated(relatedBits);
    bits -= against;
    if (against >= WORTH_SAYING) {
      reasons.add(new FieldReason(RELATED, "agree as related ones do", -against));
    }
    double probability = probability(bits);
    return new Judgement(linkage.thresholds().verdict(probability), probability, bits, reasons);
  }

  private double bits(PairComparison pair, int field) {
    int level = pair.level(field);
    return level == Comparison.MISSING ? 0 : weights.bits(field, level);
  }

  private double relatedBits(PairComparison pair, int field) {
    int level = pair.level(field);
    return level == Comparison.MISSING ? 0 : relatedWeights.bits(field, level);
  }

  private double rarityBits(PairComparison pair, int field) {
    boolean applies =
        pair.level(field) == 0 && field < linkage.fields().size() && linkage.isLearned(field);
    return applies ? shares.rarityBits(field, pair.agreed(field)) : 0;
  }

  /** By how much related pairs add to those that are no matches: log2(1 + odds of them). */
  private static double againstRelated(double relatedBits) {
    return relatedBits > 60 ? relatedBits : FieldWeights.log2(1 + Math.pow(2, relatedBits));
  }

  static double probability(double bits) {
    return 1 / (1 + Math.pow(2, -bits));
  }
}
