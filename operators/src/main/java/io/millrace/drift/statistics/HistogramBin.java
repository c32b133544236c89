package io.millrace.drift.statistics;

import java.util.ArrayList;
import java.util.List;

/**
 * A bin as it is shown: numbers above {@code lower} up to {@code upper} (a single value where they
 * are equal), or a name, whose borders are NaN.
 */
public record HistogramBin(
    String label, double lower, double upper, long referenceCount, long currentCount) {

  /**
   * The two distributions in about {@code wanted} bins, empty ones left out. Numbers are in bins of
   * about equal reference share; of names the most frequent have their own, the rest is one.
   */
  public static List<HistogramBin> of(WindowCounts reference, WindowCounts current, int wanted) {
    if (reference.grid() instanceof NumberGrid numbers) {
      return Groups.of(numbers, reference, current, wanted).histogram();
    }
    CategoryGrid names = (CategoryGrid) reference.grid();
    List<HistogramBin> bins = new ArrayList<>();
    int own = Math.min(wanted, names.rareBins());
    for (int bin = 0; bin < own; bin++) {
      bins.add(name(names.label(bin), reference.count(bin), current.count(bin)));
    }
    bins.add(sum("(rare)", reference, current, own, names.newBins()));
    bins.add(sum("(new)", reference, current, names.newBins(), names.values()));
    bins.removeIf(bin -> bin.referenceCount == 0 && bin.currentCount == 0);
    return bins;
  }

  private static HistogramBin sum(
      String label, WindowCounts reference, WindowCounts current, int from, int to) {
    long before = 0;
    long now = 0;
    for (int bin = from; bin < to; bin++) {
      before += reference.count(bin);
      now += current.count(bin);
    }
    return name(label, before, now);
  }

  private static HistogramBin name(String label, long reference, long current) {
    return new HistogramBin(label, Double.NaN, Double.NaN, reference, current);
  }
}
