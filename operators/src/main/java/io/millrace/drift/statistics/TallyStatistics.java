package io.millrace.drift.statistics;

import io.millrace.drift.statistics.NumberTally.Cells;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Statistics of values that were tallied, without a grid where none is needed. While a tally holds
 * each number by itself (up to its limit of different ones) they are those of the values; beyond
 * that numbers count as cells, which hold about 0.2% of a normal distribution at most.
 *
 * <p>Two tallies are compared in the same cells, those of the coarser one, so that what differs is
 * the values and not how they were counted. O(c log c) for c cells.
 */
public final class TallyStatistics {
  private TallyStatistics() {}

  /**
   * PSI and its kin, over the quantile bins or the names of the reference, see {@link
   * ColumnStatistics}. Both tallies are of one kind.
   */
  public static ColumnDrift compareBinned(ColumnTally reference, ColumnTally current) {
    int shift = commonShift(reference, current);
    ColumnTally before = reference.coarsened(shift);
    ColumnTally now = current.coarsened(shift);
    Grid grid = before.grid();
    return ColumnStatistics.compare(grid, before.countOn(grid), now.countOn(grid));
  }

  private static int commonShift(ColumnTally reference, ColumnTally current) {
    if (reference.kind() != current.kind()) {
      throw new IllegalArgumentException(
          "a tally of kind %s is not comparable with one of %s"
              .formatted(current.kind(), reference.kind()));
    }
    return reference.numbers() == null
        ? 0
        : Math.max(reference.numbers().shift(), current.numbers().shift());
  }

  /**
   * The test of Kolmogorov and Smirnov on numbers, infinities included. The distance is a lower
   * bound, off by at most the error bound: what two distributions do inside a cell is not seen.
   * Empty where one of the two has no number.
   */
  public static Optional<Measure> kolmogorovSmirnov(ColumnTally reference, ColumnTally current) {
    List<Step> steps = steps(reference, current);
    double n = infinities(reference) + steps.stream().mapToLong(Step::before).sum();
    double m = infinities(current) + steps.stream().mapToLong(Step::now).sum();
    if (n <= 0 || m <= 0) {
      return Optional.empty();
    }
    double left = reference.negativeInfinities();
    double right = current.negativeInfinities();
    double greatest = Math.abs(left / n - right / m);
    double bound = 0;
    for (Step step : steps) {
      left += step.before;
      right += step.now;
      greatest = Math.max(greatest, Math.abs(left / n - right / m));
      if (step.lowest < step.highest) {
        bound = Math.max(bound, Math.min(step.before / n, step.now / m));
      }
    }
    double pValue = KolmogorovSmirnov.pValue(greatest, (long) n, (long) m);
    return Optional.of(new Measure(Statistic.KS, greatest, greatest, pValue, bound));
  }

  private static long infinities(ColumnTally tally) {
    return tally.negativeInfinities() + tally.positiveInfinities();
  }

  /**
   * The Wasserstein-1 distance of the finite numbers, in their unit; those in a cell count as its
   * middle. NaN where one of the two has none.
   */
  public static double wasserstein(ColumnTally reference, ColumnTally current) {
    List<Step> steps = steps(reference, current);
    double n = steps.stream().mapToLong(Step::before).sum();
    double m = steps.stream().mapToLong(Step::now).sum();
    if (n <= 0 || m <= 0) {
      return Double.NaN;
    }
    double area = 0;
    double difference = 0;
    double place = 0;
    for (Step step : steps) {
      double next = NumberGrid.middle(step.lowest, step.highest);
      // Before the first step the difference is zero.
      area += difference == 0 ? 0 : (next - place) * Math.abs(difference);
      difference += step.before / n - step.now / m;
      place = next;
    }
    return area;
  }

  private record Step(double lowest, double highest, long before, long now) {}

  /**
   * The cells of both, ascending; both sides are coarsened to one shift, so cells do not overlap.
   */
  private static List<Step> steps(ColumnTally reference, ColumnTally current) {
    int shift = commonShift(reference, current);
    Cells before = reference.numbers().coarsened(shift).cells();
    Cells now = current.numbers().coarsened(shift).cells();
    List<Step> steps = new ArrayList<>(before.counts().length + now.counts().length);
    int i = 0;
    int j = 0;
    while (i < before.counts().length || j < now.counts().length) {
      double left = i < before.counts().length ? before.lowest()[i] : Double.POSITIVE_INFINITY;
      double right = j < now.counts().length ? now.lowest()[j] : Double.POSITIVE_INFINITY;
      double highest = left <= right ? before.highest()[i] : now.highest()[j];
      steps.add(
          new Step(
              Math.min(left, right),
              highest,
              left <= right ? before.counts()[i++] : 0,
              right <= left ? now.counts()[j++] : 0));
    }
    return steps;
  }

  /**
   * The value at share q of the sorted numbers, straight between the two nearest (Hyndman and Fan's
   * type 7, as NumPy's and SQL's {@code PERCENTILE_CONT}). In a cell of several numbers these count
   * as evenly spread, so that the answer lies in the cell of the true one. Infinities count, NaN
   * does not. NaN where there is no number.
   *
   * @param q from 0 to 1
   */
  public static double quantile(ColumnTally tally, double q) {
    Cells cells = tally.numbers().cells();
    long finite = 0;
    for (long count : cells.counts()) {
      finite += count;
    }
    long n = finite + infinities(tally);
    if (n == 0) {
      return Double.NaN;
    }
    double place = q * (n - 1);
    long rank = (long) Math.floor(place);
    double lower = at(tally, cells, finite, rank);
    double share = place - rank;
    if (share == 0) {
      return lower;
    }
    double upper = at(tally, cells, finite, rank + 1);
    return lower == upper ? lower : lower * (1 - share) + upper * share;
  }

  /** The number at a place, from 0 on. */
  private static double at(ColumnTally tally, Cells cells, long finite, long rank) {
    long inside = rank - tally.negativeInfinities();
    if (inside < 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (inside >= finite) {
      return Double.POSITIVE_INFINITY;
    }
    int cell = 0;
    while (inside >= cells.counts()[cell]) {
      inside -= cells.counts()[cell++];
    }
    double lowest = cells.lowest()[cell];
    double highest = cells.highest()[cell];
    double share = (inside + 0.5) / cells.counts()[cell];
    return lowest == highest ? lowest : lowest * (1 - share) + highest * share;
  }

  /**
   * A bin of numbers.
   *
   * @param lower belongs to it
   * @param upper belongs to the next one, and of the last bin to it
   */
  public record Bin(double lower, double upper, long count) {}

  /**
   * Bins of equal width from the smallest to the greatest finite number; one bin where these are
   * the same, none where there is no number. A cell of several numbers counts where its middle is.
   *
   * @param bins at least 1
   */
  public static List<Bin> histogram(ColumnTally tally, int bins) {
    Cells cells = tally.numbers().cells();
    int last = cells.counts().length - 1;
    if (last < 0) {
      return List.of();
    }
    double least = cells.lowest()[0];
    double greatest = cells.highest()[last];
    if (least == greatest) {
      return List.of(new Bin(least, greatest, cells.counts()[0]));
    }
    // Halves, because the range of doubles is wider than a double.
    double width = (greatest / 2 - least / 2) / bins * 2;
    double[] edges = new double[bins + 1];
    for (int i = 0; i < bins; i++) {
      edges[i] = least + i * width;
    }
    edges[bins] = greatest;
    long[] counts = new long[bins];
    int bin = 0;
    for (int cell = 0; cell <= last; cell++) {
      double middle = NumberGrid.middle(cells.lowest()[cell], cells.highest()[cell]);
      while (bin < bins - 1 && middle >= edges[bin + 1]) {
        bin++;
      }
      counts[bin] += cells.counts()[cell];
    }
    List<Bin> histogram = new ArrayList<>(bins);
    for (int i = 0; i < bins; i++) {
      histogram.add(new Bin(edges[i], edges[i + 1], counts[i]));
    }
    return histogram;
  }

  /** How often each name came, and last, under no name, all those that are not listed. */
  public record Names(List<Map.Entry<String, Long>> listed, long others) {}

  /**
   * The most frequent names, of equally frequent ones the first in their order.
   *
   * @param most names to list
   */
  public static Names names(ColumnTally tally, int most) {
    List<Map.Entry<String, Long>> sorted = new ArrayList<>(tally.categories().counts().entrySet());
    sorted.sort(
        Map.Entry.<String, Long>comparingByValue()
            .reversed()
            .thenComparing(Map.Entry.comparingByKey()));
    long others = tally.categories().others();
    for (int i = most; i < sorted.size(); i++) {
      others += sorted.get(i).getValue();
    }
    return new Names(List.copyOf(sorted.subList(0, Math.min(most, sorted.size()))), others);
  }
}
