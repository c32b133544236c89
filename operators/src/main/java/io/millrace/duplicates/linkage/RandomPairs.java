package io.millrace.duplicates.linkage;

import io.millrace.sketch.Hash64;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How often records of different things agree: counts over pairs of random records. Each record is
 * compared with a few of a uniform sample of those before it (Vitter, "Random sampling with a
 * reservoir", 1985). Pairs that the model takes for matches are not counted. NOT thread safe.
 */
final class RandomPairs {
  /** Records in the sample. */
  static final int SAMPLE = 256;

  private static final int PARTNERS_AT_FIRST = 8;
  private static final double FEW_PAIRS = 50_000;

  /** From here on all counts are halved, so that data which changes is followed. */
  private static final double MANY_PAIRS = 1 << 20;

  private final Linkage linkage;
  private final List<ComparedRecord> sample = new ArrayList<>();
  private final double[][] counts;
  private long seen;
  private double pairs;

  RandomPairs(Linkage linkage) {
    this.linkage = linkage;
    this.counts = new double[linkage.fields().size()][];
    for (int field = 0; field < counts.length; field++) {
      counts[field] = new double[linkage.fields().get(field).comparison().levels().size()];
    }
  }

  void observe(ComparedRecord record, MatchModel model) {
    int partners = Math.min(sample.size(), pairs < FEW_PAIRS ? PARTNERS_AT_FIRST : 1);
    long draw = Hash64.of(seen);
    for (int i = 0; i < partners; i++) {
      // Neighbours in the sample: it has no order, and no partner comes twice.
      int at = (int) Math.floorMod(draw + i, (long) sample.size());
      compare(record, sample.get(at), model);
    }
    seen++;
    if (sample.size() < SAMPLE) {
      sample.add(record);
    } else {
      long place = Math.floorMod(Hash64.of(draw), seen);
      if (place < SAMPLE) {
        sample.set((int) place, record);
      }
    }
  }

  private void compare(ComparedRecord a, ComparedRecord b, MatchModel model) {
    PairComparison pair = linkage.compare(a, b, Linkage.NO_COSINE);
    if (a.id().equals(b.id()) || model.probabilityOf(pair) >= 0.5) {
      return;
    }
    pairs++;
    for (int field = 0; field < counts.length; field++) {
      if (pair.level(field) != Comparison.MISSING) {
        counts[field][pair.level(field)]++;
      }
    }
    if (pairs >= MANY_PAIRS) {
      halve();
    }
  }

  private void halve() {
    pairs /= 2;
    for (double[] levels : counts) {
      for (int level = 0; level < levels.length; level++) {
        levels[level] /= 2;
      }
    }
  }

  /**
   * Writes {@code varlong seen | f64 pairs | f64 count of each level of each field | varlong size
   * of the sample | its records}.
   */
  void write(DataOutputView out) throws IOException {
    VarLong.write(seen, out);
    out.writeDouble(pairs);
    for (double[] levels : counts) {
      for (double count : levels) {
        out.writeDouble(count);
      }
    }
    VarLong.write(sample.size(), out);
    for (ComparedRecord record : sample) {
      record.write(out);
    }
  }

  void read(DataInputView in) throws IOException {
    seen = VarLong.read(in);
    pairs = in.readDouble();
    for (double[] levels : counts) {
      for (int level = 0; level < levels.length; level++) {
        levels[level] = in.readDouble();
      }
    }
    long size = VarLong.read(in);
    for (long i = 0; i < size; i++) {
      sample.add(ComparedRecord.read(in));
    }
  }

  double count(int field, int level) {
    return counts[field][level];
  }
}
