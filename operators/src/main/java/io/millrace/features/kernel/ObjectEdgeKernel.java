package io.millrace.features.kernel;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * First or last value by event time, of a type that is held as an object; the rules are those of
 * {@link LongEdgeKernel}. One word, the time (complemented for last), and the value as the object.
 */
final class ObjectEdgeKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private static final int OBJECT_VERSION = 1;

  private final ValueType type;
  private final int field;
  private final long flip;

  ObjectEdgeKernel(String id, ValueType type, int field, boolean last) {
    super(id);
    this.type = type;
    this.field = field;
    this.flip = last ? -1 : 0;
  }

  @Override
  int words() {
    return 1;
  }

  @Override
  void blank(long[] words, int offset) {
    words[offset] = Long.MAX_VALUE;
  }

  @Override
  boolean hasObject() {
    return true;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      long time = timeMillis ^ flip;
      // Values that come too late to matter are not worth a copy.
      if (time <= cells.words[wordAt(cells, cell)]) {
        take(cells, cell, time, type.readObject(row, field));
      }
    }
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    Object value = value(from, fromCell);
    if (value != null) {
      take(cells, cell, from.words[wordAt(from, fromCell)], value);
    }
  }

  private void take(Cells cells, int cell, long time, Object value) {
    int at = wordAt(cells, cell);
    long present = cells.words[at];
    if (time < present || (time == present && compareFlipped(value, value(cells, cell)) < 0)) {
      cells.words[at] = time;
      cells.objects[objectAt(cells, cell)] = value;
    }
  }

  private int compareFlipped(Object left, Object right) {
    return flip == 0 ? type.compare(left, right) : type.compare(right, left);
  }

  /** Nothing changes unless the other cell holds the very value of this one. */
  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    Object other = value(from, fromCell);
    return other == null
        || cells.words[wordAt(cells, cell)] != from.words[wordAt(from, fromCell)]
        || type.compare(value(cells, cell), other) != 0;
  }

  /** The value, or null. */
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
