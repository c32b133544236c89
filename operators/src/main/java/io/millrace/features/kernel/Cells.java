package io.millrace.features.kernel;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A growable sequence of cells of one {@link Layout}: the tiles of one key, or the totals of its
 * windows. Words lie one cell after the other in a single array, so that a cell in the middle is
 * inserted or removed by moving memory. Whoever keeps the cells may have marks beside the words of
 * each, which mean nothing to kernels and are not written.
 *
 * <p>A cell is written as
 *
 * <pre>
 *   bitmap   ceil(words / 8) bytes, bit w of byte w/8: word w differs from that of an empty cell
 *   words    those only, as variable-length longs, zigzag for counts and whole numbers and
 *            byte-reversed for doubles
 *   objects  one by one: 0 for none, or 1 followed by what the kernel writes
 * </pre>
 *
 * <p>NOT thread safe.
 */
public final class Cells {
  private static final Object[] NO_OBJECTS = {};

  private final Layout layout;
  private final int marks;
  final int wordStride;
  final int objectStride;
  long[] words;
  Object[] objects;
  private int size;

  /** No cells yet, with room for some. */
  public Cells(Layout layout, int capacity) {
    this(layout, capacity, 0);
  }

  /** No cells yet, with room for some, and so many marks beside each. */
  public Cells(Layout layout, int capacity, int marks) {
    this.layout = layout;
    this.marks = marks;
    wordStride = layout.words() + marks;
    objectStride = layout.objects();
    words = new long[capacity * wordStride];
    objects = objectStride == 0 ? NO_OBJECTS : new Object[capacity * objectStride];
  }

  /** As many empty cells as asked for. */
  public static Cells empty(Layout layout, int size) {
    return empty(layout, size, 0);
  }

  private static Cells empty(Layout layout, int size, int marks) {
    Cells cells = new Cells(layout, size, marks);
    for (int cell = 0; cell < size; cell++) {
      cells.insert(cell);
    }
    return cells;
  }

  public Layout layout() {
    return layout;
  }

  public int size() {
    return size;
  }

  /** Rows in a cell. */
  public long rows(int cell) {
    return words[cell * wordStride];
  }

  /** A mark of a cell, 0 unless it was set. */
  public long mark(int cell, int mark) {
    return words[(cell + 1) * wordStride - marks + mark];
  }

  public void setMark(int cell, int mark, long value) {
    words[(cell + 1) * wordStride - marks + mark] = value;
  }

  /** How many cells there may be before memory is moved. */
  public int capacity() {
    return wordStride == 0 ? size : words.length / wordStride;
  }

  /** Opens an empty cell before the given one; {@code cell == size()} appends. */
  public void insert(int cell) {
    if (cell < 0 || cell > size) {
      throw new IndexOutOfBoundsException("cell " + cell + " of " + size);
    }
    if ((size + 1) * wordStride > words.length) {
      int capacity = Math.max(size + 1, size + (size >> 1));
      words = Arrays.copyOf(words, capacity * wordStride);
      if (objectStride > 0) {
        objects = Arrays.copyOf(objects, capacity * objectStride);
      }
    }
    int moved = size - cell;
    int at = cell * wordStride;
    System.arraycopy(words, at, words, at + wordStride, moved * wordStride);
    System.arraycopy(layout.blank, 0, words, at, layout.words());
    for (int mark = 0; mark < marks; mark++) {
      words[at + layout.words() + mark] = 0;
    }
    if (objectStride > 0) {
      int objectAt = cell * objectStride;
      System.arraycopy(objects, objectAt, objects, objectAt + objectStride, moved * objectStride);
      Arrays.fill(objects, objectAt, objectAt + objectStride, null);
    }
    size++;
  }

  /** Drops a cell; the later ones move up. */
  public void remove(int cell) {
    removeRange(cell, cell + 1);
  }

  /** Drops the cells {@code [from, to)}; the later ones move up. */
  public void removeRange(int from, int to) {
    if (from < 0 || to > size || from > to) {
      throw new IndexOutOfBoundsException("cells [" + from + ", " + to + ") of " + size);
    }
    int moved = size - to;
    System.arraycopy(words, to * wordStride, words, from * wordStride, moved * wordStride);
    if (objectStride > 0) {
      System.arraycopy(
          objects, to * objectStride, objects, from * objectStride, moved * objectStride);
    }
    size -= to - from;
    if (objectStride > 0) {
      Arrays.fill(objects, size * objectStride, (size + to - from) * objectStride, null);
    }
  }

  /**
   * Moves the cells {@code [from, to)}, marks included, into a sequence of their own. Those here
   * are to be removed, and not to be used any more.
   */
  public Cells takeRange(int from, int to) {
    Cells range = new Cells(layout, 0, marks);
    range.size = to - from;
    range.words = Arrays.copyOfRange(words, from * wordStride, to * wordStride);
    if (objectStride > 0) {
      range.objects = Arrays.copyOfRange(objects, from * objectStride, to * objectStride);
    }
    return range;
  }

  /** Moves a cell of the same layout into an existing one; the other one is not to be used more. */
  public void take(int cell, Cells from, int fromCell) {
    System.arraycopy(
        from.words, fromCell * from.wordStride, words, cell * wordStride, layout.words());
    System.arraycopy(
        from.objects, fromCell * objectStride, objects, cell * objectStride, objectStride);
  }

  /** Empties a cell, save for its marks. */
  public void clear(int cell) {
    System.arraycopy(layout.blank, 0, words, cell * wordStride, layout.words());
    if (objectStride > 0) {
      Arrays.fill(objects, cell * objectStride, (cell + 1) * objectStride, null);
    }
  }

  /** A copy that shares nothing mutable with this one. */
  public Cells copy() {
    Cells copy = new Cells(layout, 0, marks);
    copy.size = size;
    copy.words = Arrays.copyOf(words, size * wordStride);
    if (objectStride > 0) {
      copy.objects = Arrays.copyOf(objects, size * objectStride);
    }
    for (int i = 0; i < copy.objects.length; i++) {
      Object object = copy.objects[i];
      if (object != null) {
        copy.objects[i] = layout.withObject[i % objectStride].copyObject(object);
      }
    }
    return copy;
  }

  /**
   * The same cells in another layout: kernels are found again by id, those that are new start
   * empty, those that are gone are dropped. Objects are shared with this, which is not to be used
   * any more.
   */
  public Cells remap(Layout target) {
    Cells mapped = empty(target, size, marks);
    for (int cell = 0; cell < size; cell++) {
      for (int mark = 0; mark < marks; mark++) {
        mapped.setMark(cell, mark, mark(cell, mark));
      }
    }
    for (int k = 0; k < target.size(); k++) {
      Kernel to = target.kernel(k);
      int index = layout.indexOf(to.id());
      if (index < 0) {
        continue;
      }
      Kernel from = layout.kernel(index);
      for (int cell = 0; cell < size; cell++) {
        System.arraycopy(
            words, from.wordAt(this, cell), mapped.words, to.wordAt(mapped, cell), to.words());
        if (to.hasObject()) {
          mapped.objects[to.objectAt(mapped, cell)] = objects[from.objectAt(this, cell)];
        }
      }
    }
    return mapped;
  }

  /** Writes one cell in the form drawn above. */
  public void write(int cell, DataOutputView out) throws IOException {
    int base = cell * wordStride;
    int count = layout.words();
    for (int first = 0; first < count; first += 8) {
      int bits = 0;
      for (int word = first; word < Math.min(first + 8, count); word++) {
        if (words[base + word] != layout.blank[word]) {
          bits |= 1 << (word - first);
        }
      }
      out.writeByte(bits);
    }
    for (int word = 0; word < count; word++) {
      long value = words[base + word];
      if (value != layout.blank[word]) {
        if (layout.doubles[word]) {
          VarLong.write(Long.reverseBytes(value), out);
        } else {
          VarLong.writeSigned(value, out);
        }
      }
    }
    for (int i = 0; i < objectStride; i++) {
      Object object = objects[cell * objectStride + i];
      out.writeByte(object == null ? 0 : 1);
      if (object != null) {
        layout.withObject[i].writeObject(object, out);
      }
    }
  }

  /** Reads one cell, written with the same layout, over an existing one. */
  public void read(int cell, DataInputView in) throws IOException {
    int base = cell * wordStride;
    int count = layout.words();
    int bitmapBytes = (count + 7) / 8;
    // The bitmap is kept in the words themselves until each is read, which saves an array.
    for (int i = 0; i < bitmapBytes; i++) {
      int bits = in.readUnsignedByte();
      for (int word = i * 8; word < Math.min(i * 8 + 8, count); word++) {
        words[base + word] = (bits >> (word - i * 8)) & 1;
      }
    }
    for (int word = 0; word < count; word++) {
      if (words[base + word] == 0) {
        words[base + word] = layout.blank[word];
      } else if (layout.doubles[word]) {
        words[base + word] = Long.reverseBytes(VarLong.read(in));
      } else {
        words[base + word] = VarLong.readSigned(in);
      }
    }
    for (int i = 0; i < objectStride; i++) {
      objects[cell * objectStride + i] =
          in.readByte() == 0 ? null : layout.withObject[i].readObject(in);
    }
  }
}
