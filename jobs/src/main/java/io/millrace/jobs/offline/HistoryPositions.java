package io.millrace.jobs.offline;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far in its topic the history of a source reaches, at one snapshot of its table. Whoever takes
 * in the table and then reads on in the topic from {@code next} sees every row, and none twice: a
 * job commits what it read up to its checkpoint, in every partition.
 *
 * <p>Rows without a position were kept before tables had positions, or came back from dead letters
 * that do not name one. The former lie before all rows with a position that the same partition has;
 * so where {@code without} is not zero, history joins the topic without gap or overlap in
 * partitions that are part of {@code next}, and in no other.
 *
 * @param next by partition of the topic, the offset behind the greatest that a row has. Records up
 *     to there that are not in the table were refused, or discarded. A partition of which there is
 *     no row is not part of it
 * @param without rows that have no position; those that deletions have marked count as well
 */
public record HistoryPositions(SortedMap<Integer, Long> next, long without) {

  public HistoryPositions {
    next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
  }

  /** Whether the topic can be read on in these partitions, without gap or overlap. */
  public boolean join(Set<Integer> partitions) {
    return without == 0 || next.keySet().containsAll(partitions);
  }

  /** No rows at all. */
  static final HistoryPositions NONE = new HistoryPositions(new TreeMap<>(Map.of()), 0);
}
