package io.millrace.matching;

/**
 * Turns what speaks for a pair into odds that it is one field: a logistic model.
 *
 * <p>The weights are fitted by maximum likelihood with a ridge penalty of 0.001, to 340 scenarios
 * in which columns of seventeen public tables are renamed by hand, dropped, or joined by others;
 * {@code RenameQualityTest} fits them again, and measures them on tables they were not fitted to.
 * What they say: a name alone makes a rename probable (0.87 for the same words), values that are
 * the same where they tell something make it certain, and other values make it improbable.
 *
 * @param bias log odds of a pair of which nothing is known
 */
record RenameModel(
    double bias, double name, double type, double value, double nameAndValue, double nulls) {

  static final RenameModel FITTED = new RenameModel(-3.19, 5.01, 0.36, 4.60, 1.55, -0.33);

  /**
   * @param weights in the order of {@link #features}
   */
  static RenameModel of(double[] weights) {
    return new RenameModel(weights[0], weights[1], weights[2], weights[3], weights[4], weights[5]);
  }

  /** The numbers that the weights belong to, in their order. */
  static double[] features(PairScore pair) {
    return new double[] {
      1, pair.name(), pair.type(), pair.value(), pair.name() * pair.value(), pair.nulls()
    };
  }

  double logOdds(PairScore pair) {
    double[] features = features(pair);
    double[] weights = {bias, name, type, value, nameAndValue, nulls};
    double sum = 0;
    for (int i = 0; i < features.length; i++) {
      sum += weights[i] * features[i];
    }
    return sum;
  }
}
