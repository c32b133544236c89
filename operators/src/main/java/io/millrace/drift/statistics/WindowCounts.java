package io.millrace.drift.statistics;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.StringData;

/**
 * What a window, or a reference, counts on the bins of a grid; of numbers also mean, variance and
 * range, of names also which new ones came. Adding, merging and taking back give the same to the
 * last bit whatever the order and the number of parts; only the range remembers values that were
 * taken back.
 *
 * <p>Grows with the number of bins, a few hundred bytes, never with the rows. Adding a number costs
 * a search over the edges, some 10 ns; arrays are faster than single values. NOT thread safe.
 *
 * <p>Bytes: format version (1), the grid's id (8 bytes), each bin's count as a signed
 * variable-length number, then for numbers the count of infinities and the {@link Moments}, for
 * names the {@link NewNames}.
 */
public final class WindowCounts {
  private static final int VERSION = 1;

  private final Grid grid;
  private final long[] counts;
  private final Moments moments;
  private NewNames newNames;
  private long infinities;

  public WindowCounts(Grid grid) {
    this.grid = grid;
    this.counts = new long[grid.size()];
    this.moments = grid instanceof NumberGrid numbers ? new Moments(numbers) : null;
    this.newNames = grid.kind() == ColumnKind.CATEGORY ? new NewNames() : null;
  }

  public Grid grid() {
    return grid;
  }

  /** Adds a number; NaN and infinities have their place. */
  public void add(double value) {
    add(value, 1);
  }

  /** Adds a number as often as said; a negative number takes it back. */
  public void add(double value, long times) {
    int bin = grid.bin(value);
    counts[bin] += times;
    if (bin == grid.nanBin()) {
      return;
    }
    if (Double.isInfinite(value)) {
      infinities += times;
      return;
    }
    moments.add(value, times);
    if (times > 0) {
      moments.cover(value, value);
    }
    addBeyond(bin, value, times);
  }

  /** Adds values[from] to values[to - 1]. */
  public void add(double[] values, int from, int to) {
    addAll(values, from, to, 1);
  }

  /** Takes back values[from] to values[to - 1], which had been added. */
  public void remove(double[] values, int from, int to) {
    addAll(values, from, to, -1);
  }

  private void addAll(double[] values, int from, int to, int sign) {
    for (int start = from; start < to; start += Moments.BLOCK) {
      addBlock(values, start, Math.min(to, start + Moments.BLOCK), sign);
    }
  }

  private void addBlock(double[] values, int from, int to, int sign) {
    NumberGrid numbers = (NumberGrid) grid;
    int overflow = numbers.overflowBin();
    double center = moments.center();
    double inverse = moments.inverse();
    long sum = 0;
    long squares = 0;
    double smallest = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      double value = values[i];
      int bin = numbers.search(value);
      if (bin == 0 || bin == overflow) {
        add(value, sign);
        continue;
      }
      counts[bin] += sign;
      double z = Moments.clamp((value - center) * inverse);
      sum += Moments.fixed(z);
      squares += Moments.fixedSquare(z);
      smallest = Math.min(smallest, value);
      greatest = Math.max(greatest, value);
    }
    if (sign > 0) {
      moments.addBlock(sum, squares, smallest, greatest);
    } else {
      moments.addBlock(-sum, -squares, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }
  }

  /** Adds numbers known to lie between two values, as if all lay in the middle. */
  void addCell(double lowest, double highest, long times) {
    double middle = NumberGrid.middle(lowest, highest);
    int bin = grid.bin(lowest) == grid.bin(highest) ? grid.bin(highest) : grid.bin(middle);
    counts[bin] += times;
    moments.add(middle, times);
    if (times > 0) {
      moments.cover(lowest, highest);
    }
    addBeyond(bin, middle, times);
  }

  private void addBeyond(int bin, double value, long times) {
    NumberGrid numbers = (NumberGrid) grid;
    if (numbers.isEmpty()) {
      return;
    }
    if (bin == 0) {
      moments.addBelow(numbers.smallest() - value, times);
    } else if (bin == numbers.overflowBin()) {
      moments.addAbove(value - numbers.greatest(), times);
    }
  }

  public void add(StringData name, long times) {
    int bin = grid.bin(name);
    counts[bin] += times;
    if (((CategoryGrid) grid).isNew(bin)) {
      newNames.add(name.toString(), times);
    }
  }

  /** Adds a name as often as said; a negative number takes it back. */
  public void add(String name, long times) {
    add(StringData.fromString(name), times);
  }

  public void addNulls(long times) {
    counts[grid.nullBin()] += times;
  }

  public void addNans(long times) {
    counts[grid.nanBin()] += times;
  }

  void addTo(int bin, long times) {
    counts[bin] += times;
  }

  /** Adds all that the other counts; that one stays as it is. */
  public void merge(WindowCounts other) {
    combine(other, 1);
  }

  /** Takes out all that the other counts; the range stays. */
  public void subtract(WindowCounts other) {
    combine(other, -1);
  }

  private void combine(WindowCounts other, int sign) {
    if (grid.id() != other.grid.id()) {
      throw new IllegalArgumentException(
          "counts on different grids do not add up: "
              + Long.toHexString(grid.id())
              + " and "
              + Long.toHexString(other.grid.id())
              + "; count the values again on one of them");
    }
    for (int bin = 0; bin < counts.length; bin++) {
      counts[bin] += sign * other.counts[bin];
    }
    infinities += sign * other.infinities;
    if (moments != null) {
      if (sign > 0) {
        moments.merge(other.moments);
      } else {
        moments.subtract(other.moments);
      }
    }
    if (newNames != null) {
      newNames.merge(other.newNames, sign);
    }
  }

  public long count(int bin) {
    return counts[bin];
  }

  /** All rows, those without a value included. */
  public long rows() {
    return values() + nulls() + nans();
  }

  /** Rows with a value, infinities included. */
  public long values() {
    long values = 0;
    for (int bin = 0; bin < grid.values(); bin++) {
      values += counts[bin];
    }
    return values;
  }

  public long nulls() {
    return counts[grid.nullBin()];
  }

  public long nans() {
    return counts[grid.nanBin()];
  }

  public long infinities() {
    return infinities;
  }

  /** Rows whose name the reference did not know. */
  public long newRows() {
    long rows = 0;
    if (grid instanceof CategoryGrid categories) {
      for (int bin = categories.newBins(); bin < categories.values(); bin++) {
        rows += counts[bin];
      }
    }
    return rows;
  }

  /**
   * New names with their counts, the most frequent first; {@value NewNames#KEPT} of them at most.
   */
  public Map<String, Long> newCategories() {
    return newNames == null ? Map.of() : newNames.counts();
  }

  /** Smallest finite number that was ever added; NaN where there is none. */
  public double min() {
    return moments == null ? Double.NaN : moments.min();
  }

  /** Greatest finite number that was ever added; NaN where there is none. */
  public double max() {
    return moments == null ? Double.NaN : moments.max();
  }

  /** Mean of the finite numbers, see {@link Moments}; NaN where there is none. */
  public double mean() {
    return moments == null ? Double.NaN : moments.mean(values() - infinities);
  }

  /** Standard deviation of the finite numbers, of a sample; NaN where there are fewer than two. */
  public double standardDeviation() {
    return moments == null ? Double.NaN : Math.sqrt(moments.variance(values() - infinities));
  }

  double distanceBelow() {
    return moments.distanceBelow();
  }

  double distanceAbove() {
    return moments.distanceAbove();
  }

  public void write(DataOutputView out) throws IOException {
    out.writeByte(VERSION);
    out.writeLong(grid.id());
    for (long count : counts) {
      VarLong.writeSigned(count, out);
    }
    if (moments != null) {
      VarLong.writeSigned(infinities, out);
      moments.write(out);
    } else {
      newNames.write(out);
    }
  }

  /** Reads counts that were written for this grid; fails when they belong to another. */
  public static WindowCounts read(Grid grid, DataInputView in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException(
          "counts of format "
              + version
              + ", this release reads "
              + VERSION
              + "; use the newer one");
    }
    long id = in.readLong();
    if (id != grid.id()) {
      throw new IOException(
          "counts on grid " + Long.toHexString(id) + " read for " + Long.toHexString(grid.id()));
    }
    WindowCounts window = new WindowCounts(grid);
    for (int bin = 0; bin < window.counts.length; bin++) {
      window.counts[bin] = VarLong.readSigned(in);
    }
    if (window.moments != null) {
      window.infinities = VarLong.readSigned(in);
      window.moments.read(in);
    } else {
      window.newNames = NewNames.read(in);
    }
    return window;
  }
}
