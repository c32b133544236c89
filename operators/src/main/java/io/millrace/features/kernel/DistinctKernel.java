package io.millrace.features.kernel;

import io.millrace.sketch.Hash64;
import io.millrace.sketch.HyperLogLog;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/** Approximate number of distinct values. The object is a {@link HyperLogLog}. */
final class DistinctKernel extends SketchKernel<HyperLogLog> {
  private static final long serialVersionUID = 1L;

  private final ValueType type;
  private final int field;
  private final int p;

  DistinctKernel(String id, ValueType type, int field, int p) {
    super(id);
    this.type = type;
    this.field = field;
    this.p = p;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      sketch(cells, cell)
          .add(
              type.isLong()
                  ? Hash64.of(type.readLong(row, field))
                  : type.hash(type.readObject(row, field)));
    }
  }

  long estimate(Cells cells, int cell) {
    HyperLogLog sketch = sketchOrNull(cells, cell);
    return sketch == null ? 0 : sketch.estimate();
  }

  @Override
  HyperLogLog newSketch() {
    return new HyperLogLog(p);
  }

  @Override
  void merge(HyperLogLog sketch, HyperLogLog other) {
    sketch.merge(other);
  }

  @Override
  void write(HyperLogLog sketch, DataOutputView out) throws IOException {
    sketch.write(out);
  }

  @Override
  HyperLogLog read(DataInputView in) throws IOException {
    return HyperLogLog.read(p, in);
  }

  @Override
  HyperLogLog copy(HyperLogLog sketch) {
    return sketch.copy();
  }
}
