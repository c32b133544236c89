package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.TallyStatistics;

/**
 * {@code WASSERSTEIN(value, is_reference)}: the area between the two distribution functions, which
 * is how far values moved on average, in the unit of the values (milliseconds of timestamps, days
 * of dates). Infinities are left out.
 */
public final class Wasserstein extends ComparisonFunction<Double> {
  private static final long serialVersionUID = 1L;

  @Override
  boolean takesNames() {
    return false;
  }

  @Override
  Double compare(ColumnTally reference, ColumnTally current) {
    double distance = TallyStatistics.wasserstein(reference, current);
    return Double.isNaN(distance) ? null : distance;
  }
}
