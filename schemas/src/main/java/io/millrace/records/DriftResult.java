package io.millrace.records;

import java.util.List;

/**
 * One column of one window held against its reference. {@code (monitor, segment, column, window)}
 * identifies it: computed anew after a failure it is the same, and written again it replaces
 * itself.
 *
 * <p>A Flink POJO: no field falls to Kryo. Numbers that do not exist (the mean of no values, the
 * p-value of a statistic without a test) are NaN here and null in JSON.
 *
 * @param segment value of the segment column; empty: all rows
 * @param windowStartMillis start of the window, epoch millis, inclusive
 * @param windowEndMillis end of the window, exclusive
 * @param reason why the outcome is what it is, for people
 * @param reference what the window was held against, for example {@code first 14d from
 *     2013-01-01T00:00:00Z}; empty in a baseline window
 * @param statistics those asked for first, in the order of the pipeline file, then the others that
 *     are defined for the column
 * @param referenceProfile of the reference; empty in a baseline window
 * @param bins counts of reference and window, in the order of the values; regrouped for people
 * @param newCategories most frequent first
 */
public record DriftResult(
    String monitor,
    String segment,
    String column,
    long windowStartMillis,
    long windowEndMillis,
    DriftOutcome outcome,
    String reason,
    String reference,
    List<Statistic> statistics,
    Profile referenceProfile,
    Profile profile,
    List<Bin> bins,
    List<Quantile> quantiles,
    List<CategoryCount> newCategories) {

  public DriftResult {
    statistics = List.copyOf(statistics);
    bins = List.copyOf(bins);
    quantiles = List.copyOf(quantiles);
    newCategories = List.copyOf(newCategories);
  }

  /**
   * One statistic.
   *
   * @param name as in pipeline files, for example {@code psi}
   * @param value as the literature defines it
   * @param effect how large the difference is, without what chance alone adds; compared with the
   *     threshold
   * @param pValue of its test against "no drift"; NaN without a test
   * @param adjustedP after Benjamini-Hochberg over all statistics and columns of the window
   * @param threshold effect from which on a significant difference is drift; NaN when the statistic
   *     takes no part in the decision
   * @param drifted significant and of sufficient effect
   */
  public record Statistic(
      String name,
      double value,
      double effect,
      double pValue,
      double adjustedP,
      double threshold,
      boolean drifted) {}

  /**
   * What a column's values are like.
   *
   * @param rows all rows, with nulls
   * @param distinct number of distinct values, approximately; -1 when unknown
   */
  public record Profile(
      long rows,
      long nulls,
      long nans,
      double min,
      double max,
      double mean,
      double stddev,
      long distinct) {

    public static final Profile NONE =
        new Profile(0, 0, 0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, -1);
  }

  /**
   * A bin of the reference's grid.
   *
   * @param label for people: a category, {@code [0, 15)}, {@code null}
   * @param lower lower edge, inclusive; NaN when open, and in bins that are no ranges
   * @param upper upper edge, exclusive; equal to lower in the bin of a single value
   */
  public record Bin(String label, double lower, double upper, long referenceCount, long count) {}

  /**
   * @param q rank in [0, 1]
   */
  public record Quantile(double q, double reference, double current) {}

  /** A category and how often it occurred. */
  public record CategoryCount(String category, long count) {}
}
