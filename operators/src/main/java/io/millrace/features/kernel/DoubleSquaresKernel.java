package io.millrace.features.kernel;

import org.apache.flink.table.data.RowData;

/**
 * Sum of squares of floating-point values as a double-double; each square is exact (by fused
 * multiply-add) while it lies within 10<sup>-290</sup> and 10<sup>308</sup>. NaN and infinities are
 * left to the sum beside it.
 *
 * <p>The variance is off by at most n 2<sup>-100</sup> times the mean square of what the cell ever
 * held at once, and 0 when it is not greater than that: 10<sup>9</sup> &plusmn; 1 still gives 13
 * digits. A rebuild is asked for by the same rule as in {@link DoubleSumKernel}.
 *
 * <p>Four words: count of finite values, high, low, largest sum of squares.
 */
final class DoubleSquaresKernel extends SquaresKernel {
  private static final long serialVersionUID = 1L;

  private static final int HIGH = 1;
  private static final int LOW = 2;
  private static final int PEAK = 3;
  private static final double NOISE = 0x1p-100;

  private final ValueType type;
  private final int field;

  DoubleSquaresKernel(String id, ValueType type, int field) {
    super(id);
    this.type = type;
    this.field = field;
  }

  @Override
  int words() {
    return 4;
  }

  @Override
  boolean isDouble(int word) {
    return word > 0;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      double value = type.readFloating(row, field);
      if (Math.abs(value) <= Double.MAX_VALUE) {
        double square = value * value;
        accumulate(cells, cell, 1, square, rest(value, square));
      }
    }
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (row.isNullAt(field)) {
      return true;
    }
    double value = type.readFloating(row, field);
    if (Math.abs(value) <= Double.MAX_VALUE) {
      double square = value * value;
      accumulate(cells, cell, -1, -square, -rest(value, square));
    }
    return settle(cells, cell);
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(from, fromCell);
    accumulate(
        cells,
        cell,
        from.words[at],
        Double.longBitsToDouble(from.words[at + HIGH]),
        Double.longBitsToDouble(from.words[at + LOW]));
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(from, fromCell);
    accumulate(
        cells,
        cell,
        -from.words[at],
        -Double.longBitsToDouble(from.words[at + HIGH]),
        -Double.longBitsToDouble(from.words[at + LOW]));
    return settle(cells, cell);
  }

  private static double rest(double value, double square) {
    return square <= Double.MAX_VALUE ? Math.fma(value, value, -square) : 0;
  }

  private void accumulate(Cells cells, int cell, long count, double high, double low) {
    long[] words = cells.words;
    int at = wordAt(cells, cell);
    words[at] += count;
    DoubleDouble.add(words, at + HIGH, high, low);
    if (Double.longBitsToDouble(words[at + HIGH]) > Double.longBitsToDouble(words[at + PEAK])) {
      words[at + PEAK] = words[at + HIGH];
    }
  }

  private boolean settle(Cells cells, int cell) {
    long[] words = cells.words;
    int at = wordAt(cells, cell);
    if (words[at] == 0) {
      words[at + HIGH] = 0;
      words[at + LOW] = 0;
      words[at + PEAK] = 0;
      return true;
    }
    return DoubleDouble.isSound(
        Double.longBitsToDouble(words[at + HIGH]), Double.longBitsToDouble(words[at + PEAK]));
  }

  @Override
  double variance(Cells cells, int cell, SumKernel sum) {
    DoubleSumKernel moments = (DoubleSumKernel) sum;
    if (moments.special(cells, cell) != 0) {
      return Double.NaN;
    }
    int at = wordAt(cells, cell);
    double count = cells.words[at];
    double high = Double.longBitsToDouble(cells.words[at + HIGH]);
    double low = Double.longBitsToDouble(cells.words[at + LOW]);
    double total = moments.high(cells, cell);
    double product = count * high;
    double square = total * total;
    if (!(product <= Double.MAX_VALUE && square <= Double.MAX_VALUE)) {
      return Double.POSITIVE_INFINITY;
    }
    double productRest = Math.fma(count, high, -product) + count * low;
    double squareRest = Math.fma(total, total, -square) + 2 * total * moments.low(cells, cell);
    double difference = (product - square) + (productRest - squareRest);
    double peak = Double.longBitsToDouble(cells.words[at + PEAK]);
    return difference > count * count * NOISE * peak ? difference / (count * (count - 1)) : 0;
  }
}
