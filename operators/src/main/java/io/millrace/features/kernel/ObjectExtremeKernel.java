package io.millrace.features.kernel;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/** Smallest or greatest value of a type that is held as an object: the object part. */
final class ObjectExtremeKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private static final int OBJECT_VERSION = 1;

  private final ValueType type;
  private final int field;
  private final int sign;

  ObjectExtremeKernel(String id, ValueType type, int field, boolean greatest) {
    super(id);
    this.type = type;
    this.field = field;
    this.sign = greatest ? -1 : 1;
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
      take(cells, cell, type.readObject(row, field));
    }
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    Object other = value(from, fromCell);
    if (other != null) {
      take(cells, cell, other);
    }
  }

  /** Nothing changes unless the other cell holds the very extreme of this one. */
  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    Object other = value(from, fromCell);
    Object present = value(cells, cell);
    return other == null || (present != null && sign * type.compare(present, other) < 0);
  }

  private void take(Cells cells, int cell, Object candidate) {
    int at = objectAt(cells, cell);
    Object present = cells.objects[at];
    if (present == null || sign * type.compare(candidate, present) < 0) {
      cells.objects[at] = candidate;
    }
  }

  /** The extreme, or null. */
  Object value(Cells cells, int cell) {
    return cells.objects[objectAt(cells, cell)];
  }

  @Override
  void writeObject(Object object, DataOutputView out) throws IOException {
    out.writeByte(OBJECT_VERSION);
    type.writeHeld(object, out);
  }

  @Override
  Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    return type.readHeld(in);
  }
}
