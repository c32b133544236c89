package io.millrace.jobs.offline;

import io.millrace.offline.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/**
 * Which rows of a history to read. Files whose rows are all outside of it are not opened: tables
 * are parted by day of event time, and files know between which positions their rows lie.
 *
 * @param fromMillis event time of the first; {@link Long#MIN_VALUE}: from the first on, and rows
 *     without a time as well
 * @param untilMillis event time before which to end; {@link Long#MAX_VALUE}: to the last
 * @param before by partition of the topic, the offset before which to end; partitions that are not
 *     part of it are left out. Rows without a position are read, see {@link HistoryPositions}.
 *     Empty: whatever the position
 */
public record HistoryRange(long fromMillis, long untilMillis, Optional<Map<Integer, Long>> before) {

  /** Everything. */
  public static final HistoryRange ALL =
      new HistoryRange(Long.MIN_VALUE, Long.MAX_VALUE, Optional.empty());

  private static final long MICROS = 1_000;

  public HistoryRange {
    before = before.map(Map::copyOf);
  }

  /** Rows from a time on. */
  public HistoryRange from(long millis) {
    return new HistoryRange(millis, untilMillis, before);
  }

  /** Rows before a time. */
  public HistoryRange until(long millis) {
    return new HistoryRange(fromMillis, millis, before);
  }

  /** Rows whose record lies before these offsets, by partition. */
  public HistoryRange before(Map<Integer, Long> offsets) {
    return new HistoryRange(fromMillis, untilMillis, Optional.of(offsets));
  }

  /**
   * What rows have to satisfy.
   *
   * @param positions whether the table has positions at that snapshot
   */
  List<Expression> filters(boolean positions) {
    List<Expression> filters = new ArrayList<>();
    if (fromMillis != Long.MIN_VALUE) {
      filters.add(
          Expressions.greaterThanOrEqual(
              TableLayout.EVENT_TIME, Math.multiplyExact(fromMillis, MICROS)));
    }
    if (untilMillis != Long.MAX_VALUE) {
      filters.add(
          Expressions.lessThan(TableLayout.EVENT_TIME, Math.multiplyExact(untilMillis, MICROS)));
    }
    if (positions && before.isPresent()) {
      Expression any = Expressions.isNull(TableLayout.OFFSET);
      for (Map.Entry<Integer, Long> end : before.get().entrySet()) {
        any =
            Expressions.or(
                any,
                Expressions.and(
                    Expressions.equal(TableLayout.PARTITION, end.getKey()),
                    Expressions.lessThan(TableLayout.OFFSET, end.getValue())));
      }
      filters.add(any);
    }
    return filters;
  }
}
