package io.millrace.features.kernel;

import io.millrace.sketch.DoubleOrder;
import io.millrace.sketch.KllSketch;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/** Distribution of a numeric field, as doubles. The object is a {@link KllSketch}. */
final class QuantileKernel extends SketchKernel<KllSketch> {
  private static final long serialVersionUID = 1L;

  private final ValueType type;
  private final int field;
  private final int k;

  QuantileKernel(String id, ValueType type, int field, int k) {
    super(id);
    this.type = type;
    this.field = field;
    this.k = k;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      sketch(cells, cell).add(DoubleOrder.orderOf(type.readNumber(row, field)));
    }
  }

  boolean isEmpty(Cells cells, int cell) {
    return sketchOrNull(cells, cell) == null;
  }

  double quantile(Cells cells, int cell, double q) {
    return DoubleOrder.doubleOf(sketch(cells, cell).quantile(q));
  }

  @Override
  KllSketch newSketch() {
    return new KllSketch(k);
  }

  @Override
  void merge(KllSketch sketch, KllSketch other) {
    sketch.merge(other);
  }

  @Override
  void write(KllSketch sketch, DataOutputView out) throws IOException {
    sketch.write(out);
  }

  @Override
  KllSketch read(DataInputView in) throws IOException {
    return KllSketch.read(k, in);
  }

  @Override
  KllSketch copy(KllSketch sketch) {
    return sketch.copy();
  }
}
