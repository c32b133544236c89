package io.millrace.drift;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.Statistic;
import java.io.Serializable;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A column that a monitor watches.
 *
 * @param position in the rows
 * @param deciding statistics that take part in the decision
 * @param confidential whether values must not be shown, only counted
 */
record WatchedColumn(
    String name,
    int position,
    LogicalType type,
    ColumnKind kind,
    Set<Statistic> deciding,
    boolean confidential)
    implements Serializable {

  WatchedColumn {
    deciding = Set.copyOf(deciding);
  }
}
