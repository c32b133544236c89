package io.millrace.drift.statistics;

import io.millrace.sketch.Hash64;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Collection;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A bounded sample of vectors, such as embeddings, and their exact mean. Of all different vectors
 * that came the sample holds those with the smallest hashes of their content: a uniform sample of
 * them that depends on neither order nor merging. A vector that comes often counts once in the
 * sample, and each time in the mean.
 *
 * <p>The mean is a sum in fixed point, in steps of 2<sup>-20</sup>; a component beyond &plusmn;
 * {@value #FARTHEST} counts as that much.
 *
 * <p>Bytes: format version (1); variable-length dimension, capacity, rows, nulls, invalid; the sums
 * as signed variable-length numbers; number of sampled vectors, and the components of each as
 * floats. Grows with capacity times dimension: 307 KB for 200 embeddings of 384. NOT thread safe.
 */
public final class VectorSample {
  /** Enough for a shift of a quarter standard deviation in each of a few hundred dimensions. */
  public static final int DEFAULT_CAPACITY = 200;

  private static final int VERSION = 1;
  private static final float FARTHEST = 1024;
  private static final double SCALE = 0x1p20;

  private final int dimension;
  private final int capacity;
  private final long[] sums;
  private final TreeMap<Long, float[]> kept = new TreeMap<>(Long::compareUnsigned);
  private long rows;
  private long nulls;
  private long invalid;

  public VectorSample(int dimension, int capacity) {
    if (dimension < 1 || capacity < 2) {
      throw new IllegalArgumentException(
          "a sample holds at least 2 vectors of dimension 1, not %d of %d"
              .formatted(capacity, dimension));
    }
    this.dimension = dimension;
    this.capacity = capacity;
    this.sums = new long[dimension];
  }

  /** Takes a vector in; one of another dimension, or with NaN or infinity, is only counted. */
  public void add(float[] vector) {
    rows++;
    boolean usable = vector.length == dimension;
    long hash = dimension;
    for (int i = 0; usable && i < dimension; i++) {
      usable = Float.isFinite(vector[i]);
      hash = Hash64.of(hash ^ Float.floatToIntBits(vector[i] + 0f));
    }
    if (!usable) {
      invalid++;
      return;
    }
    for (int i = 0; i < dimension; i++) {
      float clamped = Math.max(-FARTHEST, Math.min(FARTHEST, vector[i]));
      sums[i] += Math.round(clamped * SCALE);
    }
    keep(hash, vector);
  }

  private void keep(long hash, float[] vector) {
    if (kept.size() == capacity && Long.compareUnsigned(hash, kept.lastKey()) >= 0) {
      return;
    }
    if (kept.putIfAbsent(hash, vector.clone()) == null && kept.size() > capacity) {
      kept.pollLastEntry();
    }
  }

  /** Counts rows without a vector. */
  public void addNulls(long times) {
    rows += times;
    nulls += times;
  }

  /** Takes in all that the other took in. */
  public void merge(VectorSample other) {
    if (other.dimension != dimension) {
      throw new IllegalArgumentException(
          "vectors of dimension " + dimension + " and " + other.dimension + " are not comparable");
    }
    rows += other.rows;
    nulls += other.nulls;
    invalid += other.invalid;
    for (int i = 0; i < dimension; i++) {
      sums[i] += other.sums[i];
    }
    other.kept.forEach(this::keep);
  }

  public int dimension() {
    return dimension;
  }

  /** All rows, those without a usable vector included. */
  public long rows() {
    return rows;
  }

  public long nulls() {
    return nulls;
  }

  /** Rows whose vector had another dimension, or components that are no numbers. */
  public long invalid() {
    return invalid;
  }

  /** Mean of all usable vectors; of none it is zero. */
  double[] mean() {
    double usable = Math.max(1, rows - nulls - invalid);
    double[] mean = new double[dimension];
    for (int i = 0; i < dimension; i++) {
      mean[i] = sums[i] / SCALE / usable;
    }
    return mean;
  }

  Collection<float[]> vectors() {
    return kept.values();
  }

  public void write(DataOutputView out) throws IOException {
    out.writeByte(VERSION);
    VarLong.write(dimension, out);
    VarLong.write(capacity, out);
    VarLong.write(rows, out);
    VarLong.write(nulls, out);
    VarLong.write(invalid, out);
    for (long sum : sums) {
      VarLong.writeSigned(sum, out);
    }
    VarLong.write(kept.size(), out);
    for (float[] vector : kept.values()) {
      for (float component : vector) {
        out.writeFloat(component);
      }
    }
  }

  public static VectorSample read(DataInputView in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException(
          "sample of format "
              + version
              + ", this release reads "
              + VERSION
              + "; use the newer one");
    }
    VectorSample sample = new VectorSample((int) VarLong.read(in), (int) VarLong.read(in));
    long rows = VarLong.read(in);
    long nulls = VarLong.read(in);
    long invalid = VarLong.read(in);
    long[] sums = new long[sample.dimension];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = VarLong.readSigned(in);
    }
    float[] vector = new float[sample.dimension];
    for (long left = VarLong.read(in); left > 0; left--) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = in.readFloat();
      }
      sample.add(vector);
    }
    System.arraycopy(sums, 0, sample.sums, 0, sums.length);
    sample.rows = rows;
    sample.nulls = nulls;
    sample.invalid = invalid;
    return sample;
  }
}
