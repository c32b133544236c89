package io.millrace.features.kernel;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/** Distribution of a numeric field, as doubles. The object is a {@link KllSketch}. */
final class QuantileKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private static final int OBJECT_VERSION = 1;

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
      sketch(cells, cell).add(ValueType.orderOf(type.readNumber(row, field)));
    }
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    KllSketch other = (KllSketch) from.objects[objectAt(from, fromCell)];
    if (other != null) {
      sketch(cells, cell).merge(other);
    }
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    return from.objects[objectAt(from, fromCell)] == null;
  }

  private KllSketch sketch(Cells cells, int cell) {
    int at = objectAt(cells, cell);
    KllSketch sketch = (KllSketch) cells.objects[at];
    if (sketch == null) {
      sketch = new KllSketch(k);
      cells.objects[at] = sketch;
    }
    return sketch;
  }

  boolean isEmpty(Cells cells, int cell) {
    return cells.objects[objectAt(cells, cell)] == null;
  }

  double quantile(Cells cells, int cell, double q) {
    return ValueType.doubleOf(sketch(cells, cell).quantile(q));
  }

  @Override
  void writeObject(Object object, DataOutputView out) throws IOException {
    out.writeByte(OBJECT_VERSION);
    ((KllSketch) object).write(out);
  }

  @Override
  Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    return KllSketch.read(k, in);
  }

  @Override
  Object copyObject(Object object) {
    return ((KllSketch) object).copy();
  }
}
