package io.millrace.features.kernel;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * The k newest values by event time, newest first, of equal times the greatest first; arrival order
 * does not matter. The object is their list. Costs O(k) per value.
 */
final class LastKKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private static final int OBJECT_VERSION = 1;

  private final ValueType type;
  private final int field;
  private final int k;

  LastKKernel(String id, ValueType type, int field, int k) {
    super(id);
    if (k < 1) {
      throw new IllegalArgumentException("last_k keeps at least one value, not " + k);
    }
    this.type = type;
    this.field = field;
    this.k = k;
  }

  /** Values in order, newest first. */
  static final class Newest {
    private long[] times = new long[2];
    private Object[] values = new Object[2];
    private int size;

    Object[] values() {
      return Arrays.copyOf(values, size);
    }

    private void insert(int at, long time, Object value, int limit) {
      if (size == times.length && size < limit) {
        int capacity = Math.min(limit, 2 * size);
        times = Arrays.copyOf(times, capacity);
        values = Arrays.copyOf(values, capacity);
      }
      // When full, the oldest falls off the end.
      int kept = Math.min(size, limit - 1);
      System.arraycopy(times, at, times, at + 1, kept - at);
      System.arraycopy(values, at, values, at + 1, kept - at);
      times[at] = time;
      values[at] = value;
      size = kept + 1;
    }

    private void remove(int at) {
      size--;
      System.arraycopy(times, at + 1, times, at, size - at);
      System.arraycopy(values, at + 1, values, at, size - at);
      values[size] = null;
    }
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
      Newest list = newest(cells, cell);
      if (list == null || list.size < k || timeMillis >= list.times[k - 1]) {
        take(cells, cell, timeMillis, type.readObject(row, field));
      }
    }
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    Newest other = newest(from, fromCell);
    if (other != null) {
      for (int i = 0; i < other.size; i++) {
        take(cells, cell, other.times[i], other.values[i]);
      }
    }
  }

  private void take(Cells cells, int cell, long time, Object value) {
    Newest list = newest(cells, cell);
    if (list == null) {
      list = new Newest();
      cells.objects[objectAt(cells, cell)] = list;
    }
    int at = list.size;
    while (at > 0 && isNewer(time, value, list.times[at - 1], list.values[at - 1])) {
      at--;
    }
    if (at < k) {
      list.insert(at, time, value, k);
    }
  }

  private boolean isNewer(long time, Object value, long otherTime, Object otherValue) {
    return time > otherTime || (time == otherTime && type.compare(value, otherValue) > 0);
  }

  /**
   * A list that is not full holds all there is, and what the other cell holds can be taken out. A
   * full one stays as it is when the other cell is older than all of it.
   */
  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    Newest other = newest(from, fromCell);
    if (other == null) {
      return true;
    }
    Newest list = newest(cells, cell);
    if (list == null) {
      return false;
    }
    if (list.size == k) {
      int oldest = k - 1;
      return isNewer(list.times[oldest], list.values[oldest], other.times[0], other.values[0]);
    }
    for (int i = 0; i < other.size; i++) {
      int at = 0;
      while (at < list.size
          && (list.times[at] != other.times[i]
              || type.compare(list.values[at], other.values[i]) != 0)) {
        at++;
      }
      if (at == list.size) {
        return false;
      }
      list.remove(at);
    }
    if (list.size == 0) {
      cells.objects[objectAt(cells, cell)] = null;
    }
    return true;
  }

  /** The list, or null when there is no value. */
  Newest newest(Cells cells, int cell) {
    return (Newest) cells.objects[objectAt(cells, cell)];
  }

  /** Version, size, then time and value of each, newest first. */
  @Override
  void writeObject(Object object, DataOutputView out) throws IOException {
    Newest list = (Newest) object;
    out.writeByte(OBJECT_VERSION);
    VarLong.write(list.size, out);
    for (int i = 0; i < list.size; i++) {
      VarLong.writeSigned(list.times[i], out);
      type.writeHeld(list.values[i], out);
    }
  }

  @Override
  Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    Newest list = new Newest();
    list.size = (int) VarLong.read(in);
    list.times = new long[Math.max(2, list.size)];
    list.values = new Object[list.times.length];
    for (int i = 0; i < list.size; i++) {
      list.times[i] = VarLong.readSigned(in);
      list.values[i] = type.readHeld(in);
    }
    return list;
  }

  @Override
  Object copyObject(Object object) {
    Newest list = (Newest) object;
    Newest copy = new Newest();
    copy.times = list.times.clone();
    copy.values = list.values.clone();
    copy.size = list.size;
    return copy;
  }
}
