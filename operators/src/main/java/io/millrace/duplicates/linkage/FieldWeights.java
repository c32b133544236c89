package io.millrace.duplicates.linkage;

import io.millrace.pipeline.ComparedField;

/**
 * What each level of agreement is worth in each field, in bits: from the shares among matches and
 * others, or as given. A level never is worth more than a better one: where few pairs say
 * otherwise, neighbouring levels share their weight (pool adjacent violators).
 */
final class FieldWeights {
  private final double[][] bits;

  private FieldWeights(double[][] bits) {
    this.bits = bits;
  }

  /**
   * @param matches share of each level of each field among matches
   * @param others the same among pairs that are no matches
   */
  static FieldWeights of(Linkage linkage, double[][] matches, double[][] others) {
    double[][] bits = new double[matches.length][];
    for (int field = 0; field < bits.length; field++) {
      bits[field] =
          linkage.isLearned(field)
              ? descending(matches[field], others[field])
              : steps(linkage.fields().get(field).weights().orElseThrow(), matches[field].length);
    }
    return new FieldWeights(bits);
  }

  /** As learned, whatever is given, each level for itself. */
  static FieldWeights ratios(double[][] some, double[][] others) {
    double[][] bits = new double[some.length][];
    for (int field = 0; field < bits.length; field++) {
      bits[field] = new double[some[field].length];
      for (int level = 0; level < bits[field].length; level++) {
        bits[field][level] = log2(some[field][level] / others[field][level]);
      }
    }
    return new FieldWeights(bits);
  }

  static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  double bits(int field, int level) {
    return bits[field][level];
  }

  /** From the weight of full agreement to that of none in equal steps. */
  private static double[] steps(ComparedField.Weights given, int levels) {
    double[] bits = new double[levels];
    double step = (given.agree() - given.disagree()) / (levels - 1);
    for (int level = 0; level < levels; level++) {
      bits[level] = given.agree() - level * step;
    }
    return bits;
  }

  /** log2 of the ratios, neighbours pooled until none is greater than the one before. */
  private static double[] descending(double[] matches, double[] others) {
    int levels = matches.length;
    double[] m = new double[levels];
    double[] u = new double[levels];
    int[] width = new int[levels];
    int blocks = 0;
    for (int level = 0; level < levels; level++) {
      m[blocks] = matches[level];
      u[blocks] = others[level];
      width[blocks] = 1;
      blocks++;
      while (blocks > 1 && m[blocks - 1] * u[blocks - 2] > m[blocks - 2] * u[blocks - 1]) {
        blocks--;
        m[blocks - 1] += m[blocks];
        u[blocks - 1] += u[blocks];
        width[blocks - 1] += width[blocks];
      }
    }
    double[] bits = new double[levels];
    int level = 0;
    for (int block = 0; block < blocks; block++) {
      double worth = log2(m[block] / u[block]);
      for (int i = 0; i < width[block]; i++) {
        bits[level++] = worth;
      }
    }
    return bits;
  }
}
