package io.millrace.features.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.apache.flink.table.data.RowData;

/**
 * Exact sum of integers or of decimals up to 18 digits, in 128 bits: it cannot overflow before
 * 2<sup>64</sup> values. Three words: count, low, high.
 */
final class LongSumKernel extends SumKernel {
  private static final long serialVersionUID = 1L;

  private static final long EXACT_IN_DOUBLE = 1L << 53;

  private final ValueType type;
  private final int field;

  LongSumKernel(String id, ValueType type, int field) {
    super(id);
    this.type = type;
    this.field = field;
  }

  @Override
  int words() {
    return 3;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      long value = type.readLong(row, field);
      long[] words = cells.words;
      int at = wordAt(cells, cell);
      words[at]++;
      long low = words[at + 1] + value;
      // An unsigned sum below an addend has wrapped.
      long carry = Long.compareUnsigned(low, value) < 0 ? 1 : 0;
      words[at + 1] = low;
      words[at + 2] += (value >> 63) + carry;
    }
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      long value = type.readLong(row, field);
      int at = wordAt(cells, cell);
      cells.words[at]--;
      Wide.subtract(cells.words, at + 1, 2, value, value >> 63);
    }
    return true;
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    long[] words = cells.words;
    long[] others = from.words;
    words[at] += others[fromAt];
    long low = words[at + 1] + others[fromAt + 1];
    long carry = Long.compareUnsigned(low, others[fromAt + 1]) < 0 ? 1 : 0;
    words[at + 1] = low;
    words[at + 2] += others[fromAt + 2] + carry;
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    long[] words = cells.words;
    long[] others = from.words;
    words[at] -= others[fromAt];
    long borrow = Long.compareUnsigned(words[at + 1], others[fromAt + 1]) < 0 ? 1 : 0;
    words[at + 1] -= others[fromAt + 1];
    words[at + 2] -= others[fromAt + 2] + borrow;
    return true;
  }

  @Override
  boolean fitsLong(Cells cells, int cell) {
    int at = wordAt(cells, cell);
    return cells.words[at + 2] == cells.words[at + 1] >> 63;
  }

  @Override
  long longValue(Cells cells, int cell) {
    return cells.words[wordAt(cells, cell) + 1];
  }

  @Override
  BigInteger unscaled(Cells cells, int cell) {
    return fitsLong(cells, cell)
        ? BigInteger.valueOf(longValue(cells, cell))
        : Wide.toBigInteger(cells.words, wordAt(cells, cell) + 1, 2);
  }

  @Override
  double toDouble(Cells cells, int cell) {
    if (type.scale() == 0 && fitsLong(cells, cell)) {
      return longValue(cells, cell);
    }
    return new BigDecimal(unscaled(cells, cell), type.scale()).doubleValue();
  }

  @Override
  double mean(Cells cells, int cell) {
    long count = count(cells, cell);
    if (type.scale() == 0 && fitsLong(cells, cell)) {
      long sum = longValue(cells, cell);
      if (Math.abs(sum) <= EXACT_IN_DOUBLE && sum != Long.MIN_VALUE) {
        return (double) sum / count;
      }
    }
    return new BigDecimal(unscaled(cells, cell), type.scale())
        .divide(BigDecimal.valueOf(count), MathContext.DECIMAL128)
        .doubleValue();
  }
}
