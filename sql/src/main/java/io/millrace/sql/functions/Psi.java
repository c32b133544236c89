package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Measure;
import io.millrace.drift.statistics.Statistic;
import io.millrace.drift.statistics.TallyStatistics;

/**
 * {@code PSI(value, is_reference)}: the population stability index, over ten groups of about equal
 * shares of the reference, or over names. Zero where nothing changed; 0.1 is usually taken for a
 * moderate change and 0.25 for a large one, which small groups reach by chance: {@code
 * CHI2_P_VALUE} says how likely.
 */
public final class Psi extends ComparisonFunction<Double> {
  private static final long serialVersionUID = 1L;

  @Override
  Double compare(ColumnTally reference, ColumnTally current) {
    return TallyStatistics.compareBinned(reference, current)
        .measure(Statistic.PSI)
        .map(Measure::value)
        .orElse(null);
  }
}
