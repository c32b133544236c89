package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Measure;
import io.millrace.drift.statistics.TallyStatistics;

/**
 * {@code KS_P_VALUE(value, is_reference)}: how likely a distance of {@link KsStatistic} at least
 * this great is without drift. Exact up to 10,000 pairs of values (without ties), beyond that the
 * limit of large samples.
 */
public final class KsPValue extends ComparisonFunction<Double> {
  private static final long serialVersionUID = 1L;

  @Override
  boolean takesNames() {
    return false;
  }

  @Override
  Double compare(ColumnTally reference, ColumnTally current) {
    return TallyStatistics.kolmogorovSmirnov(reference, current).map(Measure::pValue).orElse(null);
  }
}
