package io.millrace.duplicates.linkage;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many candidates show which pattern of agreement. When there are more than {@value #CAPACITY}
 * patterns, all counts are halved and those that vanish are dropped: the past fades where it was
 * rare. NOT thread safe.
 */
final class PatternCounts {
  static final int CAPACITY = 16_384;

  private final Map<PairPattern, Double> counts = new HashMap<>();
  private double total;

  void add(PairPattern pattern) {
    counts.merge(pattern, 1.0, Double::sum);
    total++;
    while (counts.size() > CAPACITY) {
      fade();
    }
  }

  private void fade() {
    counts.replaceAll((pattern, times) -> times / 2);
    counts.values().removeIf(times -> times < 1);
    total = counts.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Of the candidates that are still counted. */
  double total() {
    return total;
  }

  /** In the order of the patterns, so that sums over them have the same bits always. */
  SortedMap<PairPattern, Double> counts() {
    return new TreeMap<>(counts);
  }
}
