package io.millrace.features.kernel;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/** Approximate number of distinct values. The object is a {@link HyperLogLog}. */
final class DistinctKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private static final int OBJECT_VERSION = 1;

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
  int words() {
    return 0;
  }

  @Override
  boolean hasObject() {
    return true;
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

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    HyperLogLog other = (HyperLogLog) from.objects[objectAt(from, fromCell)];
    if (other != null) {
      sketch(cells, cell).merge(other);
    }
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    return from.objects[objectAt(from, fromCell)] == null;
  }

  private HyperLogLog sketch(Cells cells, int cell) {
    int at = objectAt(cells, cell);
    HyperLogLog sketch = (HyperLogLog) cells.objects[at];
    if (sketch == null) {
      sketch = new HyperLogLog(p);
      cells.objects[at] = sketch;
    }
    return sketch;
  }

  long estimate(Cells cells, int cell) {
    HyperLogLog sketch = (HyperLogLog) cells.objects[objectAt(cells, cell)];
    return sketch == null ? 0 : sketch.estimate();
  }

  @Override
  void writeObject(Object object, DataOutputView out) throws IOException {
    out.writeByte(OBJECT_VERSION);
    ((HyperLogLog) object).write(out);
  }

  @Override
  Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    return HyperLogLog.read(p, in);
  }

  @Override
  Object copyObject(Object object) {
    return ((HyperLogLog) object).copy();
  }
}
