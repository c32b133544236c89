package io.millrace.features.kernel;

import org.apache.flink.table.data.RowData;

/**
 * First or last value by event time, of a type that is held as a long. Of equal times the smallest
 * value is the first and the greatest the last, so that arrival order does not matter.
 *
 * <p>Last is kept as the first of the complements. Two words: time, {@link Long#MAX_VALUE} when
 * there is no value, and value.
 */
final class LongEdgeKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private final ValueType type;
  private final int field;
  private final long flip;

  LongEdgeKernel(String id, ValueType type, int field, boolean last) {
    super(id);
    this.type = type;
    this.field = field;
    this.flip = last ? -1 : 0;
  }

  @Override
  int words() {
    return 2;
  }

  @Override
  boolean isDouble(int word) {
    return word == 1 && type.isFloating();
  }

  @Override
  void blank(long[] words, int offset) {
    words[offset] = Long.MAX_VALUE;
    words[offset + 1] = Long.MAX_VALUE;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      take(cells, cell, timeMillis ^ flip, type.readLong(row, field) ^ flip);
    }
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(from, fromCell);
    take(cells, cell, from.words[at], from.words[at + 1]);
  }

  private void take(Cells cells, int cell, long time, long value) {
    int at = wordAt(cells, cell);
    long present = cells.words[at];
    if (time < present || (time == present && value < cells.words[at + 1])) {
      cells.words[at] = time;
      cells.words[at + 1] = value;
    }
  }

  /** Nothing changes unless the other cell holds the very value of this one. */
  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    return isEmpty(from, fromCell)
        || cells.words[at] != from.words[fromAt]
        || cells.words[at + 1] != from.words[fromAt + 1];
  }

  boolean isEmpty(Cells cells, int cell) {
    return cells.words[wordAt(cells, cell)] == Long.MAX_VALUE;
  }

  /** The value as {@link ValueType} holds it. */
  long value(Cells cells, int cell) {
    return cells.words[wordAt(cells, cell) + 1] ^ flip;
  }
}
