package io.millrace.drift;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnStatistics;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.HistogramBin;
import io.millrace.drift.statistics.Measure;
import io.millrace.drift.statistics.WindowCounts;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.sketch.Hash64;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds one window of a column against its reference, and writes down all that was seen. Of a
 * confidential column no value is: names are hashes, and numbers have no bins, quantiles or range.
 */
final class ColumnComparison {

  /** Bars of a histogram that people can read. */
  private static final int BARS = 20;

  private static final int NEW_CATEGORIES = 20;
  private static final double[] RANKS = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

  private final DriftPlan plan;
  private final WatchedColumn column;
  private final String segment;
  private final long start;
  private final long end;

  ColumnComparison(DriftPlan plan, WatchedColumn column, String segment, long start, long end) {
    this.plan = plan;
    this.column = column;
    this.segment = segment;
    this.start = start;
    this.end = end;
  }

  /**
   * A result that is not decided yet: STABLE when there is a reference, otherwise BASELINE; without
   * adjusted p-values and thresholds.
   */
  DriftResult result(ColumnTally window, Optional<FrozenReference> reference) {
    if (reference.isEmpty()) {
      FrozenReference own = FrozenReference.of(window, "");
      return result(
          DriftOutcome.BASELINE,
          "",
          List.of(),
          DriftResult.Profile.NONE,
          profile(own.counts(), window.distinct()),
          List.of(),
          quantiles(null, own.counts()),
          List.of());
    }
    FrozenReference held = reference.get();
    WindowCounts current = window.countOn(held.grid());
    List<DriftResult.Statistic> statistics = new ArrayList<>();
    for (Measure measure :
        ColumnStatistics.compare(held.grid(), held.counts(), current).measures()) {
      statistics.add(
          new DriftResult.Statistic(
              measure.statistic().fileName(),
              measure.value(),
              measure.effect(),
              measure.pValue(),
              Double.NaN,
              Double.NaN,
              false));
    }
    return result(
        DriftOutcome.STABLE,
        held.label(),
        statistics,
        profile(held.counts(), held.distinct()),
        profile(current, window.distinct()),
        bins(held.counts(), current),
        quantiles(held.counts(), current),
        newCategories(current));
  }

  private DriftResult result(
      DriftOutcome outcome,
      String reference,
      List<DriftResult.Statistic> statistics,
      DriftResult.Profile before,
      DriftResult.Profile now,
      List<DriftResult.Bin> bins,
      List<DriftResult.Quantile> quantiles,
      List<DriftResult.CategoryCount> newCategories) {
    return new DriftResult(
        plan.monitor(),
        segment,
        column.name(),
        start,
        end,
        outcome,
        "",
        reference,
        statistics,
        before,
        now,
        bins,
        quantiles,
        newCategories);
  }

  private DriftResult.Profile profile(WindowCounts counts, long distinct) {
    boolean hidden = column.confidential();
    return new DriftResult.Profile(
        counts.rows(),
        counts.nulls(),
        counts.nans(),
        hidden ? Double.NaN : counts.min(),
        hidden ? Double.NaN : counts.max(),
        counts.mean(),
        counts.standardDeviation(),
        distinct);
  }

  private List<DriftResult.Bin> bins(WindowCounts reference, WindowCounts current) {
    List<DriftResult.Bin> bins = new ArrayList<>();
    if (column.confidential() && column.kind() == ColumnKind.NUMBER) {
      return bins;
    }
    for (HistogramBin bin : HistogramBin.of(reference, current, BARS)) {
      boolean name = column.kind() == ColumnKind.CATEGORY && !bin.label().startsWith("(");
      bins.add(
          new DriftResult.Bin(
              name ? shown(bin.label()) : bin.label(),
              bin.lower(),
              bin.upper(),
              bin.referenceCount(),
              bin.currentCount()));
    }
    return bins;
  }

  /** Names of confidential columns are told apart, but not told. */
  private String shown(String name) {
    return column.confidential()
        ? "#" + Long.toHexString(Hash64.of(name.getBytes(StandardCharsets.UTF_8)) >>> 32)
        : name;
  }

  private List<DriftResult.Quantile> quantiles(WindowCounts reference, WindowCounts current) {
    List<DriftResult.Quantile> quantiles = new ArrayList<>();
    if (column.kind() == ColumnKind.NUMBER && !column.confidential()) {
      for (double q : RANKS) {
        quantiles.add(
            new DriftResult.Quantile(
                q,
                reference == null ? Double.NaN : ColumnStatistics.quantile(reference, q),
                ColumnStatistics.quantile(current, q)));
      }
    }
    return quantiles;
  }

  private List<DriftResult.CategoryCount> newCategories(WindowCounts current) {
    List<DriftResult.CategoryCount> categories = new ArrayList<>();
    for (Map.Entry<String, Long> each : current.newCategories().entrySet()) {
      if (categories.size() < NEW_CATEGORIES) {
        categories.add(new DriftResult.CategoryCount(shown(each.getKey()), each.getValue()));
      }
    }
    return categories;
  }
}
