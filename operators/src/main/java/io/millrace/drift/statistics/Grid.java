package io.millrace.drift.statistics;

import java.io.IOException;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.StringData;

/**
 * The frozen bins of a reference. A window, and the reference itself, are then vectors of counts on
 * these bins ({@link WindowCounts}): small, mergeable, and open to taking values back. Immutable.
 *
 * <p>Two things have bins of their own whatever the kind: null, and what the reference never had
 * (below its smallest number, above its greatest, a name it does not know). Numbers have one for
 * NaN besides.
 *
 * <p>Bytes: format version (1), kind (0 number, 1 category), then as {@link NumberGrid} and {@link
 * CategoryGrid} say.
 */
public abstract sealed class Grid permits NumberGrid, CategoryGrid {
  /** Bins of a numeric reference unless said otherwise: the KS distance is off by at most 1/128. */
  public static final int DEFAULT_BINS = 128;

  private static final int VERSION = 1;

  Grid() {}

  /**
   * Quantile bins of numbers that were counted in cells. Cells are ascending and disjoint; one of a
   * single value ({@code lowest == highest}) that holds at least 1/bins of all becomes a bin of its
   * own. Bins end where cells end, so that the reference's own counts on the grid are exact. No
   * cells at all are allowed: then everything is new. Infinities are not among the cells.
   *
   * @param bins wanted number of bins, 2 to 4,096; the grid may have up to four times as many where
   *     heavy single values and the gaps between them get their own
   */
  public static Grid ofCells(double[] lowest, double[] highest, long[] counts, int bins) {
    return NumberGrid.of(lowest, highest, counts, bins);
  }

  /**
   * The names of a reference with the number of rows of each, and the rows of those that were too
   * many to be listed. Where there are such, a new name cannot be told from a rare one, and none
   * counts as new.
   */
  public static Grid ofCategories(Map<String, Long> counts, long other) {
    return CategoryGrid.of(counts, other);
  }

  public abstract ColumnKind kind();

  /** Number of all bins, those for null and NaN included. */
  public abstract int size();

  /** Number of bins that hold values: 0 to {@code values() - 1}. */
  public abstract int values();

  /** The bin of rows without a value. */
  public final int nullBin() {
    return values();
  }

  /** The bin of NaN. It stays empty in a grid of categories. */
  public final int nanBin() {
    return values() + 1;
  }

  /** The bin of a number; throws on a grid of categories. */
  public int bin(double value) {
    throw new IllegalStateException("a grid of categories has no bin for the number " + value);
  }

  /** The bin of a name; throws on a grid of numbers. */
  public int bin(StringData name) {
    throw new IllegalStateException("a grid of numbers has no bin for a name");
  }

  public final int bin(String name) {
    return bin(StringData.fromString(name));
  }

  /**
   * What a person would call the bin: {@code (3.0, 4.5]}, {@code < 3.0}, {@code UA}, {@code null}.
   */
  public abstract String label(int bin);

  /** A hash of the bins: counts of different grids are never mixed. */
  public abstract long id();

  public final void write(DataOutputView out) throws IOException {
    out.writeByte(VERSION);
    out.writeByte(kind().ordinal());
    writeBins(out);
  }

  abstract void writeBins(DataOutputView out) throws IOException;

  public static Grid read(DataInputView in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException(
          "grid of format " + version + ", this release reads " + VERSION + "; use the newer one");
    }
    int kind = in.readByte();
    return switch (kind) {
      case 0 -> NumberGrid.readBins(in);
      case 1 -> CategoryGrid.readBins(in);
      default -> throw new IOException("grid of kind " + kind + ", known are 0 and 1");
    };
  }
}
