package io.millrace.features.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.apache.flink.table.data.RowData;

/**
 * Exact sum of decimals of more than 18 digits, in 192 bits: it cannot overflow before
 * 2<sup>64</sup> values of 38 digits. Four words: count, then the sum of the unscaled values.
 */
final class WideSumKernel extends SumKernel {
  private static final long serialVersionUID = 1L;

  private static final int WIDTH = 3;

  private final ValueType type;
  private final int field;

  WideSumKernel(String id, ValueType type, int field) {
    super(id);
    this.type = type;
    this.field = field;
  }

  @Override
  int words() {
    return 1 + WIDTH;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      int at = wordAt(cells, cell);
      cells.words[at]++;
      Wide.add(cells.words, at + 1, WIDTH, type.readUnscaled(row, field));
    }
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      int at = wordAt(cells, cell);
      cells.words[at]--;
      Wide.subtract(cells.words, at + 1, WIDTH, type.readUnscaled(row, field));
    }
    return true;
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    cells.words[at] += from.words[fromAt];
    Wide.addWords(cells.words, at + 1, WIDTH, from.words, fromAt + 1);
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    cells.words[at] -= from.words[fromAt];
    Wide.subtractWords(cells.words, at + 1, WIDTH, from.words, fromAt + 1);
    return true;
  }

  @Override
  boolean fitsLong(Cells cells, int cell) {
    return unscaled(cells, cell).bitLength() < Long.SIZE;
  }

  @Override
  long longValue(Cells cells, int cell) {
    return unscaled(cells, cell).longValueExact();
  }

  @Override
  BigInteger unscaled(Cells cells, int cell) {
    return Wide.toBigInteger(cells.words, wordAt(cells, cell) + 1, WIDTH);
  }

  @Override
  double toDouble(Cells cells, int cell) {
    return new BigDecimal(unscaled(cells, cell), type.scale()).doubleValue();
  }

  @Override
  double mean(Cells cells, int cell) {
    return new BigDecimal(unscaled(cells, cell), type.scale())
        .divide(BigDecimal.valueOf(count(cells, cell)), MathContext.DECIMAL128)
        .doubleValue();
  }
}
