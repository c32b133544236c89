package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.Kernel;
import java.util.Arrays;

/**
 * Up to 64 neighbouring cells of one key, of which only the non-empty ones take room. On level 0
 * the cells are tiles, and chunk {@code c} holds the tiles {@code [64c, 64c+64)}. On level 1 they
 * are the partial totals of 64 chunks, on level 2 those of 64 * 64.
 *
 * <p>On level 0 one more cell at the end holds the chunk's own total, of the kernels that cannot be
 * subtracted, if the view has any. It is meaningful until tiles of the chunk have expired, and not
 * asked for after that.
 *
 * <p>NOT thread safe.
 */
final class Chunk {
  private static final int NO_RETRACTIONS = 0;

  private StateShape shape;
  private final boolean withTotal;
  private long mask;
  private Cells cells;

  /** Per slot of 64, absent as long as no row was taken back, which is the rule. */
  private int[] retractions;

  /** Where it is stored; set by whoever loads or creates it. */
  long address;

  /** The {@link Head#generation} of the head that may change it. */
  long generation;

  /** Whether its head knows that its total changed since it went to level 1; false: maybe not. */
  boolean reported;

  /** Whether it differs from what is stored. */
  boolean unsaved;

  private Chunk(StateShape shape, boolean withTotal, long mask, Cells cells, int[] retractions) {
    this.shape = shape;
    this.withTotal = withTotal;
    this.mask = mask;
    this.cells = cells;
    this.retractions = retractions;
  }

  static Chunk ofTiles(StateShape shape) {
    return create(shape, shape.hasPartials());
  }

  static Chunk ofTotals(StateShape shape) {
    return create(shape, false);
  }

  private static Chunk create(StateShape shape, boolean withTotal) {
    Cells cells = new Cells(shape.layout(), withTotal ? 2 : 1);
    if (withTotal) {
      cells.insert(0);
    }
    return new Chunk(shape, withTotal, 0, cells, null);
  }

  /** As it was stored; the cells are those of the mask's bits, then the total if there is one. */
  static Chunk restored(
      StateShape shape, boolean withTotal, long mask, Cells cells, int[] retractions) {
    return new Chunk(shape, withTotal, mask, cells, retractions);
  }

  /** Where a chunk of a level is stored. */
  static long address(int level, long number) {
    return number << 2 | level;
  }

  /** Whether the chunk at this address is one of tiles, not of partial totals. */
  static boolean isOfTiles(long address) {
    return (address & 3) == 0;
  }

  StateShape shape() {
    return shape;
  }

  boolean withTotal() {
    return withTotal;
  }

  long mask() {
    return mask;
  }

  Cells cells() {
    return cells;
  }

  int[] retractions() {
    return retractions;
  }

  boolean isEmpty() {
    return mask == 0;
  }

  boolean has(int index) {
    return (mask >>> index & 1) != 0;
  }

  /** The cell of an index, whether or not it is there yet. */
  int cell(int index) {
    return Long.bitCount(mask & ((1L << index) - 1));
  }

  int totalCell() {
    return cells.size() - 1;
  }

  /** The cell of an index, made if need be. */
  int open(int index) {
    int cell = cell(index);
    if (!has(index)) {
      cells.insert(cell);
      mask |= 1L << index;
    }
    return cell;
  }

  /** Drops the lowest cells, so many. */
  void dropLowest(int count) {
    for (int i = 0; i < count; i++) {
      if (retractions != null) {
        retractions[Long.numberOfTrailingZeros(mask)] = 0;
      }
      mask &= mask - 1;
    }
    cells.removeRange(0, count);
  }

  void drop(int index) {
    if (has(index)) {
      cells.remove(cell(index));
      mask &= ~(1L << index);
    }
  }

  int retractions(int index) {
    return retractions == null ? NO_RETRACTIONS : retractions[index];
  }

  void countRetractions(int index, int count) {
    if (count == 0) {
      return;
    }
    if (retractions == null) {
      retractions = new int[64];
    }
    retractions[index] += count;
  }

  /** Computes one kernel of the chunk's total anew. */
  void rebuildTotal(Kernel kernel) {
    int total = totalCell();
    kernel.clear(cells, total);
    for (int cell = 0; cell < total; cell++) {
      kernel.merge(cells, total, cells, cell);
    }
  }

  Chunk copy() {
    Chunk copy =
        new Chunk(
            shape, withTotal, mask, cells.copy(), retractions == null ? null : retractions.clone());
    copy.address = address;
    copy.reported = reported;
    return copy;
  }

  /** This chunk of tiles for another shape; this one is not to be used any more. */
  Chunk remap(StateShape target) {
    if (shape == target) {
      return this;
    }
    if (shape.equals(target)) {
      shape = target;
      return this;
    }
    Cells mapped = cells.remap(target.layout());
    boolean total = target.hasPartials();
    if (withTotal) {
      mapped.remove(mapped.size() - 1);
    }
    if (total) {
      mapped.insert(mapped.size());
    }
    Chunk chunk = new Chunk(target, total, mask, mapped, retractions);
    if (total) {
      for (int k : target.partialKernels()) {
        chunk.rebuildTotal(target.kernels()[k]);
      }
    }
    chunk.address = address;
    return chunk;
  }

  @Override
  public String toString() {
    return "Chunk{address="
        + address
        + ", mask="
        + Long.toBinaryString(mask)
        + ", retractions="
        + Arrays.toString(retractions)
        + "}";
  }
}
