package io.millrace.duplicates.linkage;

import io.millrace.sketch.HyperLogLog;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How often the most frequent values of a field come, by their hashes, and how many distinct ones
 * there are. Counts of frequent values are too low by at most {@code total / CAPACITY} (Misra and
 * Gries, "Finding repeated elements", 1982). NOT thread safe.
 */
final class ValueCounts {
  static final int CAPACITY = 512;

  private static final int REGISTERS_LOG2 = 11;

  private final Map<Long, Long> counts = new HashMap<>();
  private HyperLogLog distinct = new HyperLogLog(REGISTERS_LOG2);
  private long total;

  /** A value that was added is there once less; how many distinct ones there are stays. */
  void remove(long hash) {
    total = Math.max(0, total - 1);
    counts.computeIfPresent(hash, (key, times) -> times > 1 ? times - 1 : null);
  }

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

  /**
   * Writes {@code varlong total | distinct | varlong size | {u64 hash, varlong times} ascending}.
   */
  void write(DataOutputView out) throws IOException {
    VarLong.write(total, out);
    distinct.write(out);
    VarLong.write(counts.size(), out);
    for (Map.Entry<Long, Long> entry : new TreeMap<>(counts).entrySet()) {
      out.writeLong(entry.getKey());
      VarLong.write(entry.getValue(), out);
    }
  }

  static ValueCounts read(DataInputView in) throws IOException {
    ValueCounts values = new ValueCounts();
    values.total = VarLong.read(in);
    values.distinct = HyperLogLog.read(REGISTERS_LOG2, in);
    long size = VarLong.read(in);
    for (long i = 0; i < size; i++) {
      values.counts.put(in.readLong(), VarLong.read(in));
    }
    return values;
  }

  /** Leaves at most CAPACITY values. */
  private void prune() {
    long[] all = counts.values().stream().mapToLong(Long::longValue).sorted().toArray();
    long taken = all[all.length - 1 - CAPACITY];
    counts.values().removeIf(times -> times <= taken);
    counts.replaceAll((hash, times) -> times - taken);
  }
}
