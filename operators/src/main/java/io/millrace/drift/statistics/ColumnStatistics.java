package io.millrace.drift.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All statistics of a window against its reference, both counted on the same grid. Missing values
 * (null and NaN) count for the null rate and for nothing else.
 *
 * <p>PSI, Jensen-Shannon and Hellinger of numbers are over ten groups of bins with about equal
 * shares of the reference, fewer where that would leave fewer than five expected values a group;
 * the chi-square tests and all p-values are over the same groups, sparse ones joined. Names are
 * compared one by one, the rarest joined. KS and Wasserstein use all bins.
 *
 * <p>Effects are freed of what chance alone adds: (B - 1)(1/n + 1/m) of a PSI, an eighth of it of
 * the other two divergences. Costs some tens of microseconds a column.
 */
public final class ColumnStatistics {
  /** Groups of a PSI, as is usual. */
  public static final int PSI_GROUPS = 10;

  private ColumnStatistics() {}

  public static ColumnDrift compare(Grid grid, WindowCounts reference, WindowCounts current) {
    if (reference.grid().id() != grid.id() || current.grid().id() != grid.id()) {
      throw new IllegalArgumentException(
          "reference and window are compared on one grid; count the values of both on it");
    }
    List<Measure> measures = new ArrayList<>();
    if (reference.values() > 0 && current.values() > 0) {
      if (grid instanceof NumberGrid numbers) {
        BinTable groups = Groups.of(numbers, reference, current, PSI_GROUPS).table();
        addBinned(groups, groups.joinNeighbours(), measures);
        addOrdered(numbers, reference, current, measures);
      } else {
        BinTable names = ((CategoryGrid) grid).table(reference, current);
        addBinned(names, names.joinRarest(), measures);
      }
    }
    if (reference.rows() > 0 && current.rows() > 0) {
      measures.add(nullRate(reference, current));
    }
    if (grid instanceof CategoryGrid categories
        && categories.tellsNew()
        && reference.rows() > 0
        && current.values() > 0) {
      measures.add(newCategory(categories, reference, current));
    }
    measures.sort(Comparator.comparing(Measure::statistic));
    return new ColumnDrift(grid.kind(), reference.rows(), current.rows(), measures);
  }

  static void addBinned(BinTable bins, BinTable joined, List<Measure> measures) {
    double chance = (bins.bins() - 1) * bins.noise();
    double psi = Divergences.psi(bins);
    measures.add(
        new Measure(
            Statistic.PSI, psi, Math.max(0, psi - chance), Divergences.psiPValue(joined), 0));
    // To the second order these two are an eighth of Pearson's sum of (p - q)^2 / a, whose test
    // keeps its level in small samples where theirs do not.
    double pValue = Tails.chiSquareAbove(Divergences.chiSquare(joined), joined.bins() - 1);
    double divergence = Divergences.jensenShannonDivergence(bins);
    measures.add(
        new Measure(
            Statistic.JENSEN_SHANNON,
            Math.sqrt(divergence),
            Math.sqrt(Math.max(0, divergence - chance / 8)),
            pValue,
            0));
    double hellinger = Divergences.hellingerSquared(bins);
    measures.add(
        new Measure(
            Statistic.HELLINGER,
            Math.sqrt(hellinger),
            Math.sqrt(Math.max(0, hellinger - chance / 8)),
            pValue,
            0));
    measures.add(test(Statistic.CHI_SQUARE, Divergences.chiSquare(joined), joined));
    measures.add(test(Statistic.G_TEST, Divergences.g(joined), joined));
  }

  /** A statistic that follows a chi-square distribution; its effect is Cohen's w. */
  private static Measure test(Statistic statistic, double value, BinTable joined) {
    int degrees = joined.bins() - 1;
    double effect = Math.sqrt(Math.max(0, value - degrees) * joined.noise());
    return new Measure(statistic, value, effect, Tails.chiSquareAbove(value, degrees), 0);
  }

  private static void addOrdered(
      NumberGrid grid, WindowCounts reference, WindowCounts current, List<Measure> measures) {
    double distance = KolmogorovSmirnov.distance(reference, current);
    measures.add(
        new Measure(
            Statistic.KS,
            distance,
            distance,
            KolmogorovSmirnov.pValue(distance, reference.values(), current.values()),
            KolmogorovSmirnov.errorBound(reference, current)));
    double spread = grid.standardDeviation();
    if (spread > 0) {
      measures.add(
          new Measure(
              Statistic.WASSERSTEIN,
              Wasserstein.distance(reference, current) / spread,
              Wasserstein.within(reference, current) / spread,
              Wasserstein.pValue(reference, current),
              Wasserstein.errorBound(reference, current) / spread));
      measures.add(mean(spread, reference, current));
    }
  }

  private static Measure mean(double spread, WindowCounts reference, WindowCounts current) {
    return mean(
        (current.mean() - reference.mean()) / spread,
        reference.standardDeviation() / spread,
        reference.values(),
        current.standardDeviation() / spread,
        current.values(),
        0x1p-29);
  }

  /**
   * Difference of the means in standard deviations of the reference, with the normal limit of
   * Student's test. The spread of both is pooled, which keeps the level where the window is small
   * and its values are skewed; where single values outweigh all others no test of means does.
   */
  static Measure mean(double value, double left, long n, double right, long m, double errorBound) {
    double squares = (n > 1 ? (n - 1) * left * left : 0) + (m > 1 ? (m - 1) * right * right : 0);
    double error = Math.sqrt(squares / (n + m - 2) * (1.0 / n + 1.0 / m));
    double pValue = error > 0 ? Tails.normalBeyond(value / error) : Double.NaN;
    return new Measure(Statistic.MEAN, value, Math.abs(value), pValue, errorBound);
  }

  private static Measure nullRate(WindowCounts reference, WindowCounts current) {
    return nullRate(
        reference.nulls() + reference.nans(),
        reference.rows(),
        current.nulls() + current.nans(),
        current.rows());
  }

  /** Difference of the shares of missing values; the effect is Cohen's h. */
  static Measure nullRate(long before, long referenceRows, long now, long currentRows) {
    double rateBefore = (double) before / referenceRows;
    double rate = (double) now / currentRows;
    return new Measure(
        Statistic.NULL_RATE,
        rate - rateBefore,
        Math.abs(Proportions.cohensH(rate, rateBefore)),
        Proportions.pValue(now, currentRows, before, referenceRows),
        0);
  }

  private static Measure newCategory(
      CategoryGrid grid, WindowCounts reference, WindowCounts current) {
    long singles = 0;
    for (int bin = 0; bin < grid.rareBins(); bin++) {
      singles += reference.count(bin) == 1 ? 1 : 0;
    }
    singles += grid.rareSingles();
    double expected = (double) singles / Math.max(1, reference.values());
    double share = (double) current.newRows() / current.values();
    return new Measure(
        Statistic.NEW_CATEGORY,
        share,
        Math.max(0, Proportions.cohensH(share, Math.min(1, expected))),
        Proportions.newPValue(singles, reference.values(), current.newRows(), current.values()),
        0);
  }

  /**
   * The value below which a share q of the window's numbers lies, straight between edges of the
   * grid; NaN where there are none.
   */
  public static double quantile(WindowCounts counts, double q) {
    NumberGrid grid = (NumberGrid) counts.grid();
    long values = counts.values();
    if (values <= 0 || grid.isEmpty()) {
      return Double.NaN;
    }
    double rank = q * values;
    double passed = 0;
    for (int bin = 0; bin < grid.values(); bin++) {
      long count = counts.count(bin);
      if (count > 0 && passed + count >= rank) {
        double lower = bin == 0 ? counts.min() : Math.max(grid.lower(bin), counts.min());
        double upper = Math.min(grid.upper(bin), counts.max());
        double inside = Math.max(0, rank - passed) / count;
        return grid.isSingleValue(bin) ? upper : lower + (upper - lower) * inside;
      }
      passed += count;
    }
    return counts.max();
  }
}
