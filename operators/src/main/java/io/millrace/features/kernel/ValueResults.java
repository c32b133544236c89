package io.millrace.features.kernel;

import org.apache.flink.table.data.writer.BinaryRowWriter;

/** Features that are one of the values that came in. */
final class ValueResults {
  private ValueResults() {}

  /** Extreme of a type held as a long. */
  static final class LongExtreme extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final LongExtremeKernel extreme;
    private final ValueType type;

    LongExtreme(LongExtremeKernel extreme, ValueType type) {
      this.extreme = extreme;
      this.type = type;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return extreme.isEmpty(cells, cell);
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return type.numberOf(extreme.value(cells, cell));
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      if (extreme.isEmpty(cells, cell)) {
        row.setNullAt(column);
      } else {
        type.writeColumn(extreme.value(cells, cell), row, column);
      }
      return true;
    }
  }

  /** A value held as an object: an extreme. */
  static final class ObjectExtreme extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final ObjectExtremeKernel extreme;
    private final ValueType type;

    ObjectExtreme(ObjectExtremeKernel extreme, ValueType type) {
      this.extreme = extreme;
      this.type = type;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return extreme.value(cells, cell) == null;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return type.numberOf(extreme.value(cells, cell));
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      Object value = extreme.value(cells, cell);
      if (value == null) {
        type.writeNull(row, column);
      } else {
        type.writeColumn(value, row, column);
      }
      return true;
    }
  }
}
