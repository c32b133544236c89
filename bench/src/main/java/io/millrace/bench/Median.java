package io.millrace.bench;

import java.util.Collection;

/** The figure in the middle of those of several rounds. */
final class Median {

  private Median() {}

  /** Of an even number of figures the mean of the two in the middle. */
  static double of(Collection<Double> figures) {
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
