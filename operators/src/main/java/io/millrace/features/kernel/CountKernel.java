package io.millrace.features.kernel;

import org.apache.flink.table.data.RowData;

/** Counts rows, or the rows in which a field is not null. One word: the count. */
final class CountKernel extends Kernel {
  private static final long serialVersionUID = 1L;

  static final String ROWS = "count(*)";

  /** Field of the kernel that counts every row. */
  static final int EVERY_ROW = -2;

  private final int field;

  CountKernel(String id, int field) {
    super(id);
    this.field = field;
  }

  @Override
  int words() {
    return 1;
  }

  @Override
  public void add(Cells cells, int cell, RowData row, long timeMillis) {
    if (field == EVERY_ROW || !row.isNullAt(field)) {
      cells.words[wordAt(cells, cell)]++;
    }
  }

  @Override
  public boolean retractable() {
    return true;
  }

  @Override
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    if (field == EVERY_ROW || !row.isNullAt(field)) {
      cells.words[wordAt(cells, cell)]--;
    }
    return true;
  }

  @Override
  public boolean invertible() {
    return true;
  }

  @Override
  public void merge(Cells cells, int cell, Cells from, int fromCell) {
    cells.words[wordAt(cells, cell)] += from.words[wordAt(from, fromCell)];
  }

  @Override
  public boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    cells.words[wordAt(cells, cell)] -= from.words[wordAt(from, fromCell)];
    return true;
  }

  long count(Cells cells, int cell) {
    return cells.words[wordAt(cells, cell)];
  }
}
