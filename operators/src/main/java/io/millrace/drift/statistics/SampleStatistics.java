package io.millrace.drift.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The statistics of numbers that are all at hand: KS, Wasserstein and the mean over the values
 * themselves, the binned ones over the quantile bins of the reference. For small samples, and to
 * hold the statistics on a grid against. O(n log n) time, O(n) memory.
 */
public final class SampleStatistics {
  private SampleStatistics() {}

  /**
   * Compares two samples. NaN counts as missing.
   *
   * @return the same measures as {@link ColumnStatistics#compare}, with error bounds of 0
   */
  public static ColumnDrift compare(double[] reference, double[] current) {
    double[] left = sortedNumbers(reference);
    double[] right = sortedNumbers(current);
    NumberGrid grid = grid(left, Grid.DEFAULT_BINS);
    WindowCounts before = count(grid, reference);
    WindowCounts now = count(grid, current);
    ColumnDrift onGrid = ColumnStatistics.compare(grid, before, now);
    if (left.length == 0 || right.length == 0) {
      return onGrid;
    }
    List<Measure> measures = new ArrayList<>();
    for (Measure measure : onGrid.measures()) {
      measures.add(
          switch (measure.statistic()) {
            case KS -> ks(left, right);
            case WASSERSTEIN -> wasserstein(left, right, measure);
            case MEAN -> mean(left, right);
            default -> measure;
          });
    }
    return new ColumnDrift(
        ColumnKind.NUMBER, onGrid.referenceRows(), onGrid.currentRows(), measures);
  }

  private static Measure ks(double[] left, double[] right) {
    double distance = KolmogorovSmirnov.distance(left, right);
    double pValue = KolmogorovSmirnov.pValue(distance, left.length, right.length);
    return new Measure(Statistic.KS, distance, distance, pValue, 0);
  }

  private static Measure wasserstein(double[] left, double[] right, Measure onGrid) {
    double distance = Wasserstein.distance(left, right) / deviation(left);
    return new Measure(
        Statistic.WASSERSTEIN, distance, Math.min(distance, onGrid.effect()), onGrid.pValue(), 0);
  }

  private static Measure mean(double[] left, double[] right) {
    double spread = deviation(left);
    return ColumnStatistics.mean(
        (mean(right, left[0]) - mean(left, left[0])) / spread,
        1,
        left.length,
        deviation(right) / spread,
        right.length,
        0);
  }

  /** Infinities have no place in distances; as on a grid they are left out of them. */
  private static double[] sortedNumbers(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
  }

  private static WindowCounts count(NumberGrid grid, double[] values) {
    WindowCounts counts = new WindowCounts(grid);
    counts.add(values, 0, values.length);
    return counts;
  }

  /** The grid of a sorted sample, its values being the cells. */
  static NumberGrid grid(double[] sorted, int bins) {
    double[] values = new double[sorted.length];
    long[] counts = new long[sorted.length];
    int size = 0;
    for (double value : sorted) {
      if (size == 0 || values[size - 1] != value) {
        values[size++] = value;
      }
      counts[size - 1]++;
    }
    double[] distinct = Arrays.copyOf(values, size);
    return NumberGrid.of(distinct, distinct, Arrays.copyOf(counts, size), bins);
  }

  /** Mean of the distances to an origin: far from zero the mean itself would lose digits. */
  private static double mean(double[] values, double origin) {
    double mean = 0;
    for (int i = 0; i < values.length; i++) {
      mean += (values[i] - origin - mean) / (i + 1);
    }
    return mean;
  }

  private static double deviation(double[] values) {
    double mean = mean(values, values[0]);
    double squares = 0;
    for (double value : values) {
      double distance = value - values[0] - mean;
      squares += distance * distance;
    }
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }
}
