package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.TallyStatistics;
import io.millrace.sql.functions.ComparedValues.Rest;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;

/**
 * {@code APPROX_QUANTILE(value, q)}: the value below which a share q of the numbers lies, between
 * two of them on the straight line, as {@code PERCENTILE} has it. Exact up to {@value
 * Tallies#LIMIT} different numbers. Beyond that it lies in the same cell as the exact one: with
 * numbers of b different powers of two, {@code |error| <= |answer| b / 2048}, and mostly far less.
 * Unlike {@code PERCENTILE}, which keeps every number, it needs 128 KB at most.
 *
 * <p>Null and NaN are left out; null where there is no number.
 */
public final class ApproxQuantile extends TallyFunction<Double> {
  private static final long serialVersionUID = 1L;

  private static final ComparedValues ARGUMENTS =
      new ComparedValues(
          List.of(new Rest("q", DataTypes.DOUBLE(), 0.0, 1.0)),
          0,
          false,
          false,
          "a quantile is of numbers");

  @Override
  ComparedValues input() {
    return ARGUMENTS;
  }

  @Override
  DataType output() {
    return DataTypes.DOUBLE();
  }

  public void accumulate(Tallies tallies, Double value, Double q) {
    if (value != null) {
      tallies.setParameter(q);
      tallies.count(value, false, 1);
    }
  }

  public void retract(Tallies tallies, Double value, Double q) {
    if (value != null) {
      tallies.setParameter(q);
      tallies.count(value, false, -1);
    }
  }

  @Override
  public Double getValue(Tallies tallies) {
    Optional<ColumnTally> values = tallies.current();
    double quantile =
        values.isEmpty() ? Double.NaN : TallyStatistics.quantile(values.get(), tallies.parameter());
    return Double.isNaN(quantile) ? null : quantile;
  }
}
