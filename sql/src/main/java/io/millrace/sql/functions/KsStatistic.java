package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Measure;
import io.millrace.drift.statistics.TallyStatistics;

/**
 * {@code KS_STATISTIC(value, is_reference)}: the greatest distance of the two distribution
 * functions, of Kolmogorov and Smirnov; from 0 to 1. Exact up to {@value Tallies#LIMIT} different
 * numbers a side, beyond that too small by no more than the share of one cell.
 */
public final class KsStatistic extends ComparisonFunction<Double> {
  private static final long serialVersionUID = 1L;

  @Override
  boolean takesNames() {
    return false;
  }

  @Override
  Double compare(ColumnTally reference, ColumnTally current) {
    return TallyStatistics.kolmogorovSmirnov(reference, current).map(Measure::value).orElse(null);
  }
}
