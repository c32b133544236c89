package io.millrace.features.kernel;

/** The sum of the squares of a numeric field; together with its sum it gives the variance. */
abstract class SquaresKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  SquaresKernel(String id) {
    super(id);
  }

  @Override
  public final boolean retractable() {
    return true;
  }

  @Override
  public final boolean invertible() {
    return true;
  }

  /** Sample variance (n - 1) of a cell with at least two values. */
  abstract double variance(Cells cells, int cell, SumKernel sum);
}
