package io.millrace.features.kernel;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A growable sequence of cells of one {@link Layout}: the tiles of one key, or the totals of its
 * windows. Words lie one cell after the other in a single array, so that a cell in the middle is
 * inserted or removed by moving memory.
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
  private final Layout layout;
  final int wordStride;
  final int objectStride;
  long[] words;
  Object[] objects;
  private int size;

  /** No cells yet, with room for some. */
  public Cells(Layout layout, int capacity) {
    this.layout = layout;
    wordStride = layout.words();
    objectStride = layout.objects();
    words = new long[capacity * wordStride];
    objects = new Object[capacity * objectStride];
  }

  /** As many empty cells as asked for. */
  public static Cells empty(Layout layout, int size) {
    Cells cells = new Cells(layout, size);
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

  /** Opens an empty cell before the given one; {@code cell == size()} appends. */
  public void insert(int cell) {
    if (cell < 0 || cell > size) {
      throw new IndexOutOfBoundsException("cell " + cell + " of " + size);
    }
    if ((size + 1) * wordStride > words.length) {
      int capacity = Math.max(size + 1, size + (size >> 1));
      words = Arrays.copyOf(words, capacity * wordStride);
      objects = Arrays.copyOf(objects, capacity * objectStride);
    }
    int moved = size - cell;
    int at = cell * wordStride;
    System.arraycopy(words, at, words, at + wordStride, moved * wordStride);
    System.arraycopy(layout.blank, 0, words, at, wordStride);
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

  /** Empties a cell. */
  public void clear(int cell) {
    System.arraycopy(layout.blank, 0, words, cell * wordStride, wordStride);
    if (objectStride > 0) {
      Arrays.fill(objects, cell * objectStride, (cell + 1) * objectStride, null);
    }
  }

  /** A copy that shares nothing mutable with this one. */
  public Cells copy() {
    Cells copy = new Cells(layout, 0);
    copy.size = size;
    copy.words = Arrays.copyOf(words, size * wordStride);
    copy.objects = Arrays.copyOf(objects, size * objectStride);
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
    Cells mapped = empty(target, size);
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
    for (int first = 0; first < wordStride; first += 8) {
      int bits = 0;
      for (int word = first; word < Math.min(first + 8, wordStride); word++) {
        if (words[base + word] != layout.blank[word]) {
          bits |= 1 << (word - first);
        }
      }
      out.writeByte(bits);
    }
    for (int word = 0; word < wordStride; word++) {
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
    int bitmapBytes = (wordStride + 7) / 8;
    // The bitmap is kept in the words themselves until each is read, which saves an array.
    for (int i = 0; i < bitmapBytes; i++) {
      int bits = in.readUnsignedByte();
      for (int word = i * 8; word < Math.min(i * 8 + 8, wordStride); word++) {
        words[base + word] = (bits >> (word - i * 8)) & 1;
      }
    }
    for (int word = 0; word < wordStride; word++) {
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
