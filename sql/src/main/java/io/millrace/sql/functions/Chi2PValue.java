package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.Measure;
import io.millrace.drift.statistics.Statistic;
import io.millrace.drift.statistics.TallyStatistics;

/**
 * {@code CHI2_P_VALUE(value, is_reference)}: how likely a difference at least this great is without
 * drift, by the chi-square test of homogeneity over the bins of {@link Psi}, sparse ones joined.
 */
public final class Chi2PValue extends ComparisonFunction<Double> {
  private static final long serialVersionUID = 1L;

  @Override
  Double compare(ColumnTally reference, ColumnTally current) {
    return TallyStatistics.compareBinned(reference, current)
        .measure(Statistic.CHI_SQUARE)
        .map(Measure::pValue)
        .orElse(null);
  }
}
