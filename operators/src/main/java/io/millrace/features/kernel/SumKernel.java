package io.millrace.features.kernel;

import java.math.BigInteger;

/**
 * The sum of a numeric field and how many values went into it, in the first word. Features ask for
 * what their result needs; none of it changes the cell.
 */
abstract class SumKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  SumKernel(String id) {
    super(id);
  }

  /** Number of values that are not null. */
  final long count(Cells cells, int cell) {
    return cells.words[wordAt(cells, cell)];
  }

  @Override
  public final boolean retractable() {
    return true;
  }

  @Override
  public final boolean invertible() {
    return true;
  }

  /** The sum as the nearest double, in units of the field. */
  abstract double toDouble(Cells cells, int cell);

  /** The mean of a cell with at least one value as a double, in units of the field. */
  abstract double mean(Cells cells, int cell);

  /** The sum in units of the field's last decimal place; of exact kernels only. */
  abstract BigInteger unscaled(Cells cells, int cell);

  /** Whether the exact sum is within a long. */
  abstract boolean fitsLong(Cells cells, int cell);

  /** The sum, when {@link #fitsLong}. */
  abstract long longValue(Cells cells, int cell);
}
