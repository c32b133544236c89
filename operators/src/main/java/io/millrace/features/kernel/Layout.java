package io.millrace.features.kernel;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The kernels of a view and where each keeps its words and objects within a cell. The first kernel
 * is always {@code count(*)}, so that a cell knows whether any row is in it.
 */
public final class Layout implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Kernel[] kernels;
  private final int words;
  private final int objects;

  /** The words of an empty cell. */
  final long[] blank;

  /** Which words hold the bits of doubles. */
  final boolean[] doubles;

  /** The kernels that have an object, in order of their offsets. */
  final Kernel[] withObject;

  private Layout(List<Kernel> ordered) {
    kernels = ordered.toArray(new Kernel[0]);
    List<Kernel> holders = new ArrayList<>();
    int nextWord = 0;
    for (Kernel kernel : kernels) {
      kernel.place(this, nextWord, holders.size());
      nextWord += kernel.words();
      if (kernel.hasObject()) {
        holders.add(kernel);
      }
    }
    words = nextWord;
    objects = holders.size();
    withObject = holders.toArray(new Kernel[0]);
    blank = new long[words];
    doubles = new boolean[words];
    for (Kernel kernel : kernels) {
      kernel.blank(blank, kernel.wordOffset);
      for (int word = 0; word < kernel.words(); word++) {
        doubles[kernel.wordOffset + word] = kernel.isDouble(word);
      }
    }
  }

  /**
   * A layout of these kernels in this order.
   *
   * @param kernels fresh ones, since each belongs to one layout; the first is {@code count(*)}
   */
  public static Layout of(List<Kernel> kernels) {
    if (kernels.isEmpty() || !kernels.get(0).id().equals(CountKernel.ROWS)) {
      throw new IllegalArgumentException("a layout starts with " + CountKernel.ROWS);
    }
    Set<String> ids = new HashSet<>();
    for (Kernel kernel : kernels) {
      if (!ids.add(kernel.id())) {
        throw new IllegalArgumentException("kernel twice in one layout: " + kernel.id());
      }
    }
    return new Layout(kernels);
  }

  /**
   * The layout that state was written with, from the ids that were stored beside it. Its kernels
   * can do everything except take in or take out rows.
   *
   * @throws IllegalArgumentException when an id is not known to this release
   */
  public static Layout ofIds(List<String> ids) {
    List<Kernel> kernels = new ArrayList<>();
    for (String id : ids) {
      kernels.add(Kernels.of(id, Kernels.NO_FIELD));
    }
    return of(kernels);
  }

  /** Ids of the kernels in order; with {@link #ofIds} the whole identity of a layout. */
  public List<String> ids() {
    List<String> ids = new ArrayList<>();
    for (Kernel kernel : kernels) {
      ids.add(kernel.id());
    }
    return ids;
  }

  public int size() {
    return kernels.length;
  }

  public Kernel kernel(int index) {
    return kernels[index];
  }

  /** Index of the kernel with this id, or -1. */
  public int indexOf(String id) {
    for (int i = 0; i < kernels.length; i++) {
      if (kernels[i].id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  /** Longs per cell. */
  public int words() {
    return words;
  }

  /** Objects per cell. */
  public int objects() {
    return objects;
  }

  /** Number of rows in a cell. */
  public long rows(Cells cells, int cell) {
    return cells.words[cell * cells.wordStride];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout layout && ids().equals(layout.ids());
  }

  @Override
  public int hashCode() {
    return ids().hashCode();
  }

  @Override
  public String toString() {
    return ids().toString();
  }
}
