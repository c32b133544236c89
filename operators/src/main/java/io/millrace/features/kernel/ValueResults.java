package io.millrace.features.kernel;

import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.runtime.typeutils.ArrayDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;

/** Features that are made of values that came in, or of counts of them. */
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

  /** First or last value of a type held as a long. */
  static final class LongEdge extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final LongEdgeKernel edge;
    private final ValueType type;

    LongEdge(LongEdgeKernel edge, ValueType type) {
      this.edge = edge;
      this.type = type;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return edge.isEmpty(cells, cell);
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return type.numberOf(edge.value(cells, cell));
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      if (edge.isEmpty(cells, cell)) {
        row.setNullAt(column);
      } else {
        type.writeColumn(edge.value(cells, cell), row, column);
      }
      return true;
    }
  }

  /** First or last value of a type held as an object. */
  static final class ObjectEdge extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final ObjectEdgeKernel edge;
    private final ValueType type;

    ObjectEdge(ObjectEdgeKernel edge, ValueType type) {
      this.edge = edge;
      this.type = type;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return edge.value(cells, cell) == null;
    }

    @Override
    double toDouble(Cells cells, int cell) {
      return type.numberOf(edge.value(cells, cell));
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      Object value = edge.value(cells, cell);
      if (value == null) {
        type.writeNull(row, column);
      } else {
        type.writeColumn(value, row, column);
      }
      return true;
    }
  }

  /** Several values as an array; null when there is none. */
  abstract static class ValueArray extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final ValueType type;
    private final LogicalType elementType;
    private transient ArrayDataSerializer serializer;

    ValueArray(ValueType type, LogicalType elementType) {
      this.type = type;
      this.elementType = elementType;
    }

    /** The values as {@link ValueType} holds them, of a cell that has some. */
    abstract Object[] values(Cells cells, int cell);

    @Override
    public final boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      if (isNull(cells, cell)) {
        row.setNullAt(column);
        return true;
      }
      Object[] values = values(cells, cell);
      for (int i = 0; i < values.length; i++) {
        values[i] = type.toInternal(values[i]);
      }
      if (serializer == null) {
        serializer = new ArrayDataSerializer(elementType);
      }
      row.writeArray(column, new GenericArrayData(values), serializer);
      return true;
    }
  }

  /** The newest values. */
  static final class LastK extends ValueArray {
    private static final long serialVersionUID = 1L;
    private final LastKKernel newest;

    LastK(LastKKernel newest, ValueType type, LogicalType elementType) {
      super(type, elementType);
      this.newest = newest;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return newest.newest(cells, cell) == null;
    }

    @Override
    Object[] values(Cells cells, int cell) {
      return newest.newest(cells, cell).values();
    }
  }

  /** The most frequent values. */
  static final class TopK extends ValueArray {
    private static final long serialVersionUID = 1L;
    private final TopKKernel counts;
    private final int k;

    TopK(TopKKernel counts, int k, ValueType type, LogicalType elementType) {
      super(type, elementType);
      this.counts = counts;
      this.k = k;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return counts.isEmpty(cells, cell);
    }

    @Override
    Object[] values(Cells cells, int cell) {
      return counts.top(cells, cell, k);
    }
  }

  /** Counts per bucket; all 0 when there is no value. */
  static final class Histogram extends FeatureResult {
    private static final long serialVersionUID = 1L;
    private final HistogramKernel histogram;
    private transient ArrayDataSerializer serializer;

    Histogram(HistogramKernel histogram) {
      this.histogram = histogram;
    }

    @Override
    boolean isNull(Cells cells, int cell) {
      return false;
    }

    @Override
    public boolean write(Cells cells, int cell, BinaryRowWriter row, int column) {
      if (serializer == null) {
        serializer = new ArrayDataSerializer(new BigIntType());
      }
      row.writeArray(column, new GenericArrayData(histogram.counts(cells, cell)), serializer);
      return true;
    }
  }
}
