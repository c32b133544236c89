package io.millrace.drift.statistics;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Counts of a reference and of a window in the same bins. Bins that are empty in both are left out.
 */
record BinTable(long[] reference, long[] current) {
  /** Cochran's rule: the approximations behind p-values want that many expected in each bin. */
  static final double MIN_EXPECTED = 5;

  BinTable {
    if (reference.length != current.length) {
      throw new IllegalArgumentException(
          "the same bins are compared, not " + reference.length + " and " + current.length);
    }
  }

  /** The bins that one of the two has. */
  static BinTable of(long[] reference, long[] current) {
    long[] left = new long[reference.length];
    long[] right = new long[reference.length];
    int size = 0;
    for (int bin = 0; bin < reference.length; bin++) {
      if (reference[bin] > 0 || current[bin] > 0) {
        left[size] = Math.max(0, reference[bin]);
        right[size++] = Math.max(0, current[bin]);
      }
    }
    return new BinTable(Arrays.copyOf(left, size), Arrays.copyOf(right, size));
  }

  int bins() {
    return reference.length;
  }

  long referenceTotal() {
    return Arrays.stream(reference).sum();
  }

  long currentTotal() {
    return Arrays.stream(current).sum();
  }

  boolean isComparable() {
    return referenceTotal() > 0 && currentTotal() > 0;
  }

  /** 1/n + 1/m: the scale of what chance does to shares. */
  double noise() {
    return 1.0 / referenceTotal() + 1.0 / currentTotal();
  }

  /** How many of both a bin must have for {@value #MIN_EXPECTED} to be expected in the smaller. */
  private double enough() {
    double n = referenceTotal();
    double m = currentTotal();
    return MIN_EXPECTED * (n + m) / Math.min(n, m);
  }

  /** Sparse bins joined with a neighbour, for bins in an order. */
  BinTable joinNeighbours() {
    Integer[] order = new Integer[bins()];
    Arrays.setAll(order, i -> i);
    return join(order);
  }

  /** The rarest bins joined until the joined one is not sparse, for bins without order. */
  BinTable joinRarest() {
    Integer[] order = new Integer[bins()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(bin -> reference[bin] + current[bin]));
    return join(order);
  }

  private BinTable join(Integer[] order) {
    double enough = enough();
    long[] left = new long[bins()];
    long[] right = new long[bins()];
    int size = 0;
    for (int bin : order) {
      left[size] += reference[bin];
      right[size] += current[bin];
      if (left[size] + right[size] >= enough) {
        size++;
      }
    }
    if (size < bins() && left[size] + right[size] > 0) {
      // What is left at the end is too little for a bin of its own.
      if (size == 0) {
        size = 1;
      } else {
        left[size - 1] += left[size];
        right[size - 1] += right[size];
      }
    }
    return new BinTable(Arrays.copyOf(left, size), Arrays.copyOf(right, size));
  }
}
