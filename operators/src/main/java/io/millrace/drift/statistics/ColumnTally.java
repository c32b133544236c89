package io.millrace.drift.statistics;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * All that a window or a reference has of a column before there is a grid: how often each value
 * occurred, in bounded room, see {@link NumberTally} and {@link CategoryTally}; and how many rows
 * had none.
 *
 * <pre>
 *   byte            format version, 1
 *   byte            0 numbers, 1 categories
 *   signed varlong  nulls
 *   signed varlong  NaN           numbers only
 *   signed varlong  +infinity     numbers only
 *   signed varlong  -infinity     numbers only
 *   the tally
 * </pre>
 *
 * <p>NOT thread safe.
 */
public final class ColumnTally {
  private static final int VERSION = 1;

  private final ColumnKind kind;
  private final NumberTally numbers;
  private final CategoryTally categories;
  private long nulls;
  private long nans;
  private long positiveInfinities;
  private long negativeInfinities;

  private ColumnTally(ColumnKind kind, NumberTally numbers, CategoryTally categories) {
    this.kind = kind;
    this.numbers = numbers;
    this.categories = categories;
  }

  /**
   * An empty tally.
   *
   * @param limit most cells of numbers; categories have a quarter of it
   */
  public static ColumnTally of(ColumnKind kind, int limit) {
    return switch (kind) {
      case NUMBER -> new ColumnTally(kind, new NumberTally(limit), null);
      case CATEGORY -> new ColumnTally(kind, null, new CategoryTally(Math.max(16, limit / 4)));
      case VECTOR -> throw new IllegalArgumentException("vectors are not tallied");
    };
  }

  public ColumnKind kind() {
    return kind;
  }

  /** Adds values[from] to values[to - 1] as often as said; negative takes them back. */
  public void add(double[] values, int from, int to, long times) {
    for (int i = from; i < to; i++) {
      add(values[i], times);
    }
  }

  /** Adds a number as often as said, NaN and infinities too; negative takes it back. */
  public void add(double value, long times) {
    if (Math.abs(value) <= Double.MAX_VALUE) {
      numbers.add(value, times);
    } else if (Double.isNaN(value)) {
      nans += times;
    } else if (value > 0) {
      positiveInfinities += times;
    } else {
      negativeInfinities += times;
    }
  }

  public void add(String category, long times) {
    categories.add(category, times);
  }

  public void addNulls(long times) {
    nulls += times;
  }

  /** Takes in all of another tally of the same kind. */
  public void merge(ColumnTally other) {
    nulls += other.nulls;
    nans += other.nans;
    positiveInfinities += other.positiveInfinities;
    negativeInfinities += other.negativeInfinities;
    if (numbers != null) {
      numbers.merge(other.numbers);
    } else {
      categories.merge(other.categories);
    }
  }

  /** All rows, those without a value included. */
  public long rows() {
    return nulls
        + nans
        + positiveInfinities
        + negativeInfinities
        + (numbers != null ? numbers.count() : categories.count());
  }

  /** The finite numbers; null where names are counted. */
  NumberTally numbers() {
    return numbers;
  }

  /** Names; null where numbers are counted. */
  CategoryTally categories() {
    return categories;
  }

  long positiveInfinities() {
    return Math.max(0, positiveInfinities);
  }

  long negativeInfinities() {
    return Math.max(0, negativeInfinities);
  }

  /** The same rows with numbers in cells of at least this shift. */
  ColumnTally coarsened(int shift) {
    if (numbers == null || numbers.shift() >= shift) {
      return this;
    }
    ColumnTally coarse = new ColumnTally(kind, numbers.coarsened(shift), null);
    coarse.nulls = nulls;
    coarse.nans = nans;
    coarse.positiveInfinities = positiveInfinities;
    coarse.negativeInfinities = negativeInfinities;
    return coarse;
  }

  /** Number of distinct values; -1 when there were too many to tell. */
  public long distinct() {
    if (numbers != null) {
      return numbers.isExact() ? numbers.cells().counts().length : -1;
    }
    return categories.isExploded() ? -1 : categories.counts().size();
  }

  /** The grid of which this is the reference. */
  public Grid grid() {
    if (numbers != null) {
      NumberTally.Cells cells = numbers.cells();
      return Grid.ofCells(cells.lowest(), cells.highest(), cells.counts(), Grid.DEFAULT_BINS);
    }
    return Grid.ofCategories(categories.counts(), categories.others());
  }

  /** What this counts on a grid of the same kind. */
  public WindowCounts countOn(Grid grid) {
    WindowCounts counts;
    if (numbers != null) {
      NumberTally.Cells cells = numbers.cells();
      counts = ((NumberGrid) grid).countCells(cells.lowest(), cells.highest(), cells.counts());
      counts.addNans(Math.max(0, nans));
      addInfinities(counts, Double.POSITIVE_INFINITY, positiveInfinities);
      addInfinities(counts, Double.NEGATIVE_INFINITY, negativeInfinities);
    } else {
      Map<String, Long> positive = categories.counts();
      counts = ((CategoryGrid) grid).countCategories(positive, categories.others());
    }
    counts.addNulls(Math.max(0, nulls));
    return counts;
  }

  private static void addInfinities(WindowCounts counts, double infinity, long times) {
    if (times > 0) {
      counts.add(infinity, times);
    }
  }

  /** Writes the tally as drawn above. */
  public void write(DataOutputView out) throws IOException {
    out.writeByte(VERSION);
    out.writeByte(kind.ordinal());
    VarLong.writeSigned(nulls, out);
    if (numbers != null) {
      VarLong.writeSigned(nans, out);
      VarLong.writeSigned(positiveInfinities, out);
      VarLong.writeSigned(negativeInfinities, out);
      numbers.write(out);
    } else {
      categories.write(out);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param limit as of the tally that was written
   */
  public static ColumnTally read(int limit, DataInputView in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException(
          "tally of format " + version + ", this release reads " + VERSION + "; use the newer one");
    }
    ColumnKind kind = ColumnKind.values()[in.readByte()];
    long nulls = VarLong.readSigned(in);
    ColumnTally tally;
    if (kind == ColumnKind.NUMBER) {
      long nans = VarLong.readSigned(in);
      long positive = VarLong.readSigned(in);
      long negative = VarLong.readSigned(in);
      tally = new ColumnTally(kind, NumberTally.read(limit, in), null);
      tally.nans = nans;
      tally.positiveInfinities = positive;
      tally.negativeInfinities = negative;
    } else {
      tally = new ColumnTally(kind, null, CategoryTally.read(Math.max(16, limit / 4), in));
    }
    tally.nulls = nulls;
    return tally;
  }
}
