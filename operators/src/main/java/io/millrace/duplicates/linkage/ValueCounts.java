package io.millrace.duplicates.linkage;

import io.millrace.sketch.HyperLogLog;
import java.util.HashMap;
import java.util.Map;

/**
 * How often the most frequent values of a field come, by their hashes, and how many distinct ones
 * there are. Counts of frequent values are too low by at most {@code total / CAPACITY} (Misra and
 * Gries, "Finding repeated elements", 1982). NOT thread safe.
 */
final class ValueCounts {
  static final int CAPACITY = 512;

  private static final int REGISTERS_LOG2 = 11;

  private final Map<Long, Long> counts = new HashMap<>();
  private final HyperLogLog distinct = new HyperLogLog(REGISTERS_LOG2);
  private long total;

  void add(long hash) {
    total++;
    distinct.add(hash);
    counts.merge(hash, 1L, Long::sum);
    if (counts.size() >= 2 * CAPACITY) {
      prune();
    }
  }

  long total() {
    return total;
  }

  long distinct() {
    return Math.max(1, distinct.estimate());
  }

  Map<Long, Long> counts() {
    return counts;
  }

  /** Leaves at most CAPACITY values. */
  private void prune() {
    long[] all = counts.values().stream().mapToLong(Long::longValue).sorted().toArray();
    long taken = all[all.length - 1 - CAPACITY];
    counts.values().removeIf(times -> times <= taken);
    counts.replaceAll((hash, times) -> times - taken);
  }
}
