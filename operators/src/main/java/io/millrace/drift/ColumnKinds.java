package io.millrace.drift;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.Statistic;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Which columns can be watched, and how.
 *
 * <pre>
 *   type                                        kind      auto
 *   TINYINT .. BIGINT, FLOAT, DOUBLE, DECIMAL   number    yes
 *   TIME (milliseconds of the day)              number    yes
 *   DATE (days), TIMESTAMP (milliseconds)       number    no: time only ever moves on
 *   CHAR, STRING, BOOLEAN                       category  yes
 *   others                                      none
 * </pre>
 *
 * <p>BIGINT and DECIMAL are compared as doubles, so integers beyond 2<sup>53</sup> are rounded.
 */
final class ColumnKinds {
  private ColumnKinds() {}

  static Optional<ColumnKind> of(LogicalType type) {
    if (type.isAnyOf(LogicalTypeFamily.NUMERIC)
        || type.isAnyOf(LogicalTypeRoot.TIME_WITHOUT_TIME_ZONE)
        || isMoment(type)) {
      return Optional.of(ColumnKind.NUMBER);
    }
    if (type.isAnyOf(LogicalTypeFamily.CHARACTER_STRING) || type.is(LogicalTypeRoot.BOOLEAN)) {
      return Optional.of(ColumnKind.CATEGORY);
    }
    return Optional.empty();
  }

  /** Whether {@code auto} takes columns of this type. */
  static boolean isWatchedUnasked(LogicalType type) {
    return of(type).isPresent() && !isMoment(type);
  }

  private static boolean isMoment(LogicalType type) {
    return type.isAnyOf(
        LogicalTypeRoot.DATE,
        LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
        LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
  }

  /** The statistics for columns of a kind, for messages. */
  static String statisticsFor(ColumnKind kind) {
    return Arrays.stream(Statistic.values())
        .filter(statistic -> statistic.suits(kind))
        .map(Statistic::fileName)
        .collect(Collectors.joining(", "));
  }
}
