package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.Kernel;
import java.util.Arrays;

/**
 * Totals over the blocks of {@link TileBlocks}, for the kernels that cannot be subtracted: of each
 * block, of each 64 blocks, of each 64 * 64, and so on. Each is computed when it is first asked
 * for, and again when tiles below it have changed. A range of blocks is thereby merged from at most
 * 128 totals of each level.
 *
 * <p>NOT thread safe.
 */
final class BlockTotals {
  private static final int LEVELS = 4;

  private final StateShape shape;
  private final Level[] levels = new Level[LEVELS];

  /** Totals of one level: of neighbouring numbers, from {@link #base} on. */
  private static final class Level {
    final Cells cells;
    boolean[] valid = new boolean[8];
    long base;

    Level(StateShape shape, long base) {
      cells = new Cells(shape.layout(), 8);
      this.base = base;
    }

    /** The cell of a number, made if need be; those that are out of use are dropped. */
    int cell(long number, long firstInUse) {
      int unused = (int) Math.min(cells.size(), firstInUse - base);
      if (2 * unused > cells.size()) {
        cells.removeRange(0, unused);
        System.arraycopy(valid, unused, valid, 0, cells.size());
        Arrays.fill(valid, cells.size(), cells.size() + unused, false);
        base = cells.size() == 0 ? firstInUse : base + unused;
      }
      int cell = (int) (number - base);
      while (cells.size() <= cell) {
        cells.insert(cells.size());
      }
      if (valid.length < cells.size()) {
        valid = Arrays.copyOf(valid, cells.size() + (cells.size() >> 1));
      }
      return cell;
    }
  }

  BlockTotals(StateShape shape) {
    this.shape = shape;
  }

  /** Tiles of a block have changed, or it ends somewhere else. */
  void invalidate(long number) {
    for (int level = 0; level < LEVELS && levels[level] != null; level++) {
      long cell = (number >> 6 * level) - levels[level].base;
      if (cell >= 0 && cell < levels[level].cells.size()) {
        levels[level].valid[(int) cell] = false;
      }
    }
  }

  /** Merges the blocks of the numbers {@code [from, to)}, all of which are there. */
  void merge(TileBlocks blocks, long from, long to, Cells into, int cell, boolean[] of) {
    merge(0, blocks, from, to, into, cell, of);
  }

  private void merge(
      int level, TileBlocks blocks, long from, long to, Cells into, int cell, boolean[] of) {
    long inner = (from + 63) >> 6;
    long outer = to >> 6;
    if (level + 1 == LEVELS || inner >= outer) {
      mergeEach(level, blocks, from, to, into, cell, of);
      return;
    }
    mergeEach(level, blocks, from, inner << 6, into, cell, of);
    merge(level + 1, blocks, inner, outer, into, cell, of);
    mergeEach(level, blocks, outer << 6, to, into, cell, of);
  }

  private void mergeEach(
      int level, TileBlocks blocks, long from, long to, Cells into, int cell, boolean[] of) {
    for (long number = from; number < to; number++) {
      int total = total(level, blocks, number);
      for (int k : shape.partialKernels()) {
        if (of[k]) {
          shape.kernels()[k].merge(into, cell, levels[level].cells, total);
        }
      }
    }
  }

  /** The cell of a total, computed if need be. */
  private int total(int level, TileBlocks blocks, long number) {
    long firstInUse = blocks.firstNumber() >> 6 * level;
    if (levels[level] == null) {
      levels[level] = new Level(shape, firstInUse);
    }
    Level of = levels[level];
    int cell = of.cell(number, firstInUse);
    if (!of.valid[cell]) {
      of.cells.clear(cell);
      if (level == 0) {
        mergeTiles(blocks.numbered(number), of.cells, cell);
      } else {
        for (long child = number << 6; child < (number + 1) << 6; child++) {
          int part = total(level - 1, blocks, child);
          for (int k : shape.partialKernels()) {
            shape.kernels()[k].merge(of.cells, cell, levels[level - 1].cells, part);
          }
        }
      }
      of.valid[cell] = true;
    }
    return cell;
  }

  private void mergeTiles(Cells block, Cells into, int cell) {
    Kernel[] kernels = shape.kernels();
    for (int k : shape.partialKernels()) {
      for (int tile = 0; tile < block.size(); tile++) {
        kernels[k].merge(into, cell, block, tile);
      }
    }
  }
}
