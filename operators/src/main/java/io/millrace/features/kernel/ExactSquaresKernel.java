package io.millrace.features.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.apache.flink.table.data.RowData;

/**
 * Exact sum of squares of integers and decimals, as many words as 2<sup>64</sup> squares of the
 * type need: 192 bits for types of up to 64 bits, 320 for longer decimals. The variance is one
 * rounding away from the exact one (two for large values), whatever was added and removed before.
 */
final class ExactSquaresKernel extends SquaresKernel {
  private static final long serialVersionUID = 1L;

  private static final long MAX_ROOT = 3_037_000_499L;

  private final ValueType type;
  private final int field;
  private final int width;

  ExactSquaresKernel(String id, ValueType type, int field) {
    super(id);
    this.type = type;
    this.field = field;
    this.width = type.isLong() ? 3 : 5;
  }

  @Override
  int words() {
    return width;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      int at = wordAt(cells, cell);
      if (type.isLong()) {
        long value = type.readLong(row, field);
        Wide.add(cells.words, at, width, value * value, Math.multiplyHigh(value, value));
      } else {
        BigInteger value = type.readUnscaled(row, field);
        Wide.add(cells.words, at, width, value.multiply(value));
      }
    }
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      int at = wordAt(cells, cell);
      if (type.isLong()) {
        long value = type.readLong(row, field);
        Wide.subtract(cells.words, at, width, value * value, Math.multiplyHigh(value, value));
      } else {
        BigInteger value = type.readUnscaled(row, field);
        Wide.subtract(cells.words, at, width, value.multiply(value));
      }
    }
    return true;
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    Wide.addWords(cells.words, wordAt(cells, cell), width, from.words, wordAt(from, fromCell));
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    Wide.subtractWords(cells.words, wordAt(cells, cell), width, from.words, wordAt(from, fromCell));
    return true;
  }

  @Override
  double variance(Cells cells, int cell, SumKernel sum) {
    long count = sum.count(cells, cell);
    int at = wordAt(cells, cell);
    long squares = cells.words[at];
    boolean small = type.isLong() && type.scale() == 0 && sum.fitsLong(cells, cell);
    if (small && squares >= 0 && cells.words[at + 1] == 0 && cells.words[at + 2] == 0) {
      long total = sum.longValue(cells, cell);
      long product = count * squares;
      if (Math.multiplyHigh(count, squares) == 0
          && product >= 0
          && total <= MAX_ROOT
          && total >= -MAX_ROOT) {
        return (product - total * total) / ((double) count * (count - 1));
      }
    }
    BigInteger total = sum.unscaled(cells, cell);
    BigInteger n = BigInteger.valueOf(count);
    BigInteger numerator =
        n.multiply(Wide.toBigInteger(cells.words, at, width)).subtract(total.multiply(total));
    BigInteger denominator = n.multiply(n.subtract(BigInteger.ONE));
    return new BigDecimal(numerator, 2 * type.scale())
        .divide(new BigDecimal(denominator), MathContext.DECIMAL128)
        .doubleValue();
  }
}
