package io.millrace.features.kernel;

import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.RowData;

/**
 * One physical partial aggregate, such as the exact sum of a field, over the cells of a {@link
 * Cells}. A kernel holds no data itself: it owns {@link #words()} longs and at most one object of
 * each cell, at offsets given by its {@link Layout}. Features are computed from one or more kernels
 * and features over the same input share them.
 *
 * <p>Laws, for all rows and cells: {@code add} commutes; {@code merge} is {@code add} of every row
 * of the other cell; {@code subtract}, where it returns true, undoes {@code merge}; {@code remove},
 * where it returns true, undoes {@code add}. Exact kernels keep them to the bit, {@link
 * DoubleSumKernel} to its stated bound, sketches to their stated error.
 *
 * <p>Immutable once its layout is built, and then safe for use by several threads on different
 * cells.
 */
public abstract class Kernel implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String id;
  private Layout layout;

  /** Index of this kernel's first word within a cell. */
  int wordOffset;

  /** Index of this kernel's object within a cell, when it has one. */
  int objectOffset;

  Kernel(String id) {
    this.id = id;
  }

  /**
   * What this kernel computes, over which input, of which type, for example {@code
   * sum(dep_delay_minutes):INT}. State is carried over from one layout to another by this name, and
   * {@link Kernels#of(String, int)} builds the kernel from it.
   */
  public final String id() {
    return id;
  }

  /** Number of longs in each cell. */
  abstract int words();

  /** Whether each cell also holds an object; null while the cell is empty. */
  boolean hasObject() {
    return false;
  }

  /** Whether the word holds the bits of a double, in any encoding; part of the state's format. */
  boolean isDouble(int word) {
    return false;
  }

  /** Fills in the words of an empty cell where these are not zero. */
  void blank(long[] words, int offset) {}

  /** Takes in a row. Nulls in the kernel's input are ignored. */
  public abstract void add(Cells cells, int cell, RowData row, long timeMillis);

  /** Whether {@link #remove} is supported. */
  public boolean retractable() {
    return false;
  }

  /**
   * Takes out a row that was added with the same time.
   *
   * @return false when rounding or an approximation keeps the cell from being what it would be had
   *     the row never come: rebuild it from its parts if it has any. A tile has none and stays
   *     within the kernel's stated error.
   */
  public boolean remove(Cells cells, int cell, RowData row, long timeMillis) {
    throw new UnsupportedOperationException(id + " cannot take back a row");
  }

  /**
   * Whether {@link #subtract} succeeds as a rule, whatever is taken out. Totals of such kernels
   * need no partial totals to be rebuilt from.
   */
  public boolean invertible() {
    return false;
  }

  /** Takes in everything the other cell holds. The cells have the same layout. */
  public abstract void merge(Cells cells, int cell, Cells from, int fromCell);

  /**
   * Takes out everything the other cell holds, all of which had been merged or added before.
   *
   * @return true: the cell now is as if it had never been in, within the kernel's stated error.
   *     False: this cannot be undone here, the cell is to be cleared and rebuilt from its remaining
   *     parts; until then its content is undefined.
   */
  public abstract boolean subtract(Cells cells, int cell, Cells from, int fromCell);

  /** Empties this kernel's part of a cell. */
  public final void clear(Cells cells, int cell) {
    int words = words();
    if (words > 0) {
      int at = cell * cells.wordStride + wordOffset;
      System.arraycopy(layout.blank, wordOffset, cells.words, at, words);
    }
    if (hasObject()) {
      cells.objects[cell * cells.objectStride + objectOffset] = null;
    }
  }

  /** Writes a non-null object part, version first. */
  void writeObject(Object object, DataOutputView out) throws IOException {
    throw new IllegalStateException(id + " has no object part");
  }

  /** Reads what any released version of {@link #writeObject} wrote. */
  Object readObject(DataInputView in) throws IOException {
    throw new IllegalStateException(id + " has no object part");
  }

  /** A copy that shares nothing mutable with the original. */
  Object copyObject(Object object) {
    return object;
  }

  final int wordAt(Cells cells, int cell) {
    return cell * cells.wordStride + wordOffset;
  }

  final int objectAt(Cells cells, int cell) {
    return cell * cells.objectStride + objectOffset;
  }

  final void place(Layout owner, int firstWord, int firstObject) {
    if (layout != null) {
      throw new IllegalStateException(id + " belongs to a layout already");
    }
    layout = owner;
    wordOffset = firstWord;
    objectOffset = firstObject;
  }

  @Override
  public final String toString() {
    return id;
  }
}
