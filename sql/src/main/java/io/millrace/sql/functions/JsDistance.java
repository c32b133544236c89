package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Measure;
import io.millrace.drift.statistics.Statistic;
import io.millrace.drift.statistics.TallyStatistics;

/**
 * {@code JS_DISTANCE(value, is_reference)}: the root of the Jensen-Shannon divergence in nats, over
 * the bins of {@link Psi}; from 0 to 0.83.
 */
public final class JsDistance extends ComparisonFunction<Double> {
  private static final long serialVersionUID = 1L;

  @Override
  Double compare(ColumnTally reference, ColumnTally current) {
    return TallyStatistics.compareBinned(reference, current)
        .measure(Statistic.JENSEN_SHANNON)
        .map(Measure::value)
        .orElse(null);
  }
}
