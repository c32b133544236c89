package io.millrace.features.kernel;

import org.apache.flink.table.data.RowData;

/**
 * Smallest or greatest value of a type that is held as a long. A maximum is kept as the minimum of
 * the complements, so that one comparison serves both.
 *
 * <p>One word: the extreme, {@link Long#MAX_VALUE} when there is none. Types that use every long
 * have a second one, which is 1 when there is a value.
 */
final class LongExtremeKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  private final ValueType type;
  private final int field;
  private final long flip;
  private final boolean flagged;

  LongExtremeKernel(String id, ValueType type, int field, boolean greatest) {
    super(id);
    this.type = type;
    this.field = field;
    this.flip = greatest ? -1 : 0;
    this.flagged = type.usesAllLongs();
  }

  @Override
  int words() {
    return flagged ? 2 : 1;
  }

  @Override
  boolean isDouble(int word) {
    return word == 0 && type.isFloating();
  }

  @Override
  void blank(long[] words, int offset) {
    words[offset] = Long.MAX_VALUE;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (!row.isNullAt(field)) {
      long value = type.readLong(row, field) ^ flip;
      int at = wordAt(cells, cell);
      if (value < cells.words[at]) {
        cells.words[at] = value;
      }
      if (flagged) {
        cells.words[at + 1] = 1;
      }
    }
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    int at = wordAt(cells, cell);
    int fromAt = wordAt(from, fromCell);
    cells.words[at] = Math.min(cells.words[at], from.words[fromAt]);
    if (flagged) {
      cells.words[at + 1] |= from.words[fromAt + 1];
    }
  }

  /** Nothing changes unless the other cell holds the very extreme of this one. */
  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    return isEmpty(from, fromCell)
        || cells.words[wordAt(cells, cell)] < from.words[wordAt(from, fromCell)];
  }

  boolean isEmpty(Cells cells, int cell) {
    int at = wordAt(cells, cell);
    return cells.words[at] == Long.MAX_VALUE && !(flagged && cells.words[at + 1] != 0);
  }

  /** The extreme as {@link ValueType} holds it. */
  long value(Cells cells, int cell) {
    return cells.words[wordAt(cells, cell)] ^ flip;
  }
}
