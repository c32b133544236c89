package io.millrace.drift.statistics;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All statistics of a column's window against its reference.
 *
 * @param referenceRows rows of the reference, those without a value included
 * @param currentRows rows of the window, those without a value included
 * @param measures in the order of {@link Statistic}; those that are not defined for the column, or
 *     have nothing to compare, are left out
 */
public record ColumnDrift(
    ColumnKind kind, long referenceRows, long currentRows, List<Measure> measures) {
  public ColumnDrift {
    measures = List.copyOf(measures);
  }

  public Optional<Measure> measure(Statistic statistic) {
    return measures.stream().filter(measure -> measure.statistic() == statistic).findFirst();
  }

  /** The same with these statistics only. */
  public ColumnDrift only(Set<Statistic> statistics) {
    return new ColumnDrift(
        kind,
        referenceRows,
        currentRows,
        measures.stream().filter(measure -> statistics.contains(measure.statistic())).toList());
  }
}
