package io.millrace.matching;

/**
 * Turns what speaks for a pair into odds that it is one field: a logistic model.
 *
 * @param bias log odds of a pair of which nothing is known
 */
record RenameModel(
    double bias, double name, double type, double value, double nameAndValue, double nulls) {

  static final RenameModel FITTED = new RenameModel(-8.0, 8.0, 2.0, 3.5, 2.0, -2.0);

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
