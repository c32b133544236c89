package io.millrace.drift.statistics;

import java.util.ArrayList;
import java.util.List;

/** Neighbouring bins of a grid of numbers joined to a few groups of about equal reference share. */
final class Groups {
  private final NumberGrid grid;
  private final List<int[]> bounds = new ArrayList<>();
  private final WindowCounts reference;
  private final WindowCounts current;

  private Groups(NumberGrid grid, WindowCounts reference, WindowCounts current) {
    this.grid = grid;
    this.reference = reference;
    this.current = current;
  }

  /**
   * At most {@code wanted} groups, and no more than leave five expected values a group. What lies
   * beyond the reference joins the outermost group, unless that is a single heavy value.
   */
  static Groups of(NumberGrid grid, WindowCounts reference, WindowCounts current, int wanted) {
    long n = reference.values();
    double fewest = Math.min(n, current.values()) / BinTable.MIN_EXPECTED;
    double step = (double) n / Math.max(2, Math.min(wanted, Math.floor(fewest)));
    Groups groups = new Groups(grid, reference, current);
    int from = 0;
    long passed = 0;
    double target = step;
    for (int bin = 0; bin < grid.values(); bin++) {
      long count = reference.count(bin);
      boolean heavy = grid.isSingleValue(bin) && count >= step;
      if (heavy && bin > from) {
        groups.close(from, bin);
        from = bin;
      }
      passed += count;
      // Half a bin more or less: the edge nearest to the wanted share.
      double next = bin + 1 < grid.values() ? reference.count(bin + 1) : 0;
      if (heavy || passed + next / 2 >= target && passed > 0) {
        groups.close(from, bin + 1);
        from = bin + 1;
        target = (Math.floor((passed + next / 2) / step) + 1) * step;
      }
    }
    if (from < grid.values()) {
      groups.closeLast(from);
    }
    return groups;
  }

  private void close(int from, int to) {
    bounds.add(new int[] {from, to});
  }

  private void closeLast(int from) {
    int[] last = bounds.isEmpty() ? null : bounds.get(bounds.size() - 1);
    boolean alone = last == null || last[1] - last[0] == 1 && grid.isSingleValue(last[0]);
    long count = 0;
    for (int bin = from; bin < grid.values(); bin++) {
      count += reference.count(bin);
    }
    if (alone || count > 0) {
      close(from, grid.values());
    } else {
      last[1] = grid.values();
    }
  }

  BinTable table() {
    long[] left = new long[bounds.size()];
    long[] right = new long[bounds.size()];
    for (int group = 0; group < left.length; group++) {
      left[group] = sum(reference, bounds.get(group));
      right[group] = sum(current, bounds.get(group));
    }
    return BinTable.of(left, right);
  }

  List<HistogramBin> histogram() {
    List<HistogramBin> bins = new ArrayList<>();
    for (int[] bound : bounds) {
      long before = sum(reference, bound);
      long now = sum(current, bound);
      if (before > 0 || now > 0) {
        double lower = bound[0] == 0 ? smallest() : grid.lower(bound[0]);
        double upper = bound[1] == grid.values() ? greatest() : grid.upper(bound[1] - 1);
        boolean single = bound[1] - bound[0] == 1 && grid.isSingleValue(bound[0]);
        bins.add(new HistogramBin(label(bound), single ? upper : lower, upper, before, now));
      }
    }
    return bins;
  }

  private double smallest() {
    return least(reference.min(), current.min());
  }

  private double greatest() {
    return -least(-reference.max(), -current.max());
  }

  private static double least(double a, double b) {
    return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
  }

  private String label(int[] bound) {
    if (bound[1] - bound[0] == 1) {
      return grid.label(bound[0]);
    }
    if (bound[0] == 0) {
      return bound[1] == grid.values() ? "any" : "\u2264 " + grid.upper(bound[1] - 1);
    }
    return bound[1] == grid.values()
        ? "> " + grid.lower(bound[0])
        : "(" + grid.lower(bound[0]) + ", " + grid.upper(bound[1] - 1) + "]";
  }

  private static long sum(WindowCounts counts, int[] bound) {
    long sum = 0;
    for (int bin = bound[0]; bin < bound[1]; bin++) {
      sum += counts.count(bin);
    }
    return sum;
  }
}
