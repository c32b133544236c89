package io.millrace.duplicates.linkage;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How many candidates show which pattern of agreement. When there are more than {@value #CAPACITY}
 * patterns, all counts are halved and those that vanish are dropped: the past fades where it was
 * rare. NOT thread safe.
 */
final class PatternCounts {
  static final int CAPACITY = 16_384;

  private final Map<PairPattern, Double> counts = new HashMap<>();
  private double total;

  void add(PairPattern pattern, double times) {
    double before = counts.getOrDefault(pattern, 0.0);
    double after = Math.max(0, before + times);
    total += after - before;
    if (after == 0) {
      counts.remove(pattern);
    } else {
      counts.put(pattern, after);
    }
    while (counts.size() > CAPACITY) {
      fade();
    }
  }

  private void fade() {
    counts.replaceAll((pattern, times) -> times / 2);
    counts.values().removeIf(times -> times < 1);
    total = counts.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Of the candidates that are still counted. */
  double total() {
    return total;
  }

  /** Writes {@code varlong size | {u8 fields, levels, u64 selecting, f64 times} in their order}. */
  void write(DataOutputView out) throws IOException {
    VarLong.write(counts.size(), out);
    for (Map.Entry<PairPattern, Double> entry : counts().entrySet()) {
      out.writeByte(entry.getKey().levels.length);
      out.write(entry.getKey().levels);
      out.writeLong(entry.getKey().selecting);
      out.writeDouble(entry.getValue());
    }
  }

  /** Adds what was written. */
  void read(DataInputView in) throws IOException {
    long size = VarLong.read(in);
    for (long i = 0; i < size; i++) {
      byte[] levels = new byte[in.readUnsignedByte()];
      in.readFully(levels);
      add(new PairPattern(levels, in.readLong()), in.readDouble());
    }
  }

  /** In the order of the patterns, so that sums over them have the same bits always. */
  SortedMap<PairPattern, Double> counts() {
    return new TreeMap<>(counts);
  }
}
