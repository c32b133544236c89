package io.millrace.features;

import io.millrace.features.kernel.Cells;
import java.util.Arrays;

/**
 * The older tiles of a key that has many, in blocks of neighbours in order of time, each tile with
 * the marks of {@link FewTiles}. Blocks are cut by how many tiles there are, not by time, so that
 * one is full however rarely the key has rows. New ones come at the end, the oldest tiles go at the
 * beginning; only late rows change what is in between.
 *
 * <p>A block that a snapshot may be reading is not changed: a copy takes its place.
 *
 * <p>For cells of words only. Where a block begins and ends depends on what came before a restore,
 * which is nothing to sums and extremes, but sketches that are merged in another order differ, if
 * within their error; they stay in chunks, which are cut by time.
 *
 * <p>NOT thread safe.
 */
final class TileBlocks {
  private final StateShape shape;

  /** A block that has twice so many tiles is halved. */
  private final int tilesOfBlock;

  private Cells[] blocks = new Cells[4];

  /** The first tile of each block, as far as it is known: others of the block are later. */
  private long[] starts = new long[4];

  /** Which blocks may be changed in place. */
  private boolean[] own = new boolean[4];

  private int first;
  private int end;

  /** The oldest tile's cell in the first block. */
  private int firstCell;

  /** Of the block at {@link #first}: blocks are numbered in order of time. */
  private long firstNumber;

  /** Null until asked for. */
  private BlockTotals totals;

  TileBlocks(StateShape shape, int tilesOfBlock) {
    this.shape = shape;
    this.tilesOfBlock = tilesOfBlock;
  }

  /** The same tiles, for another head that may change: what is there is copied when it does. */
  TileBlocks shared() {
    TileBlocks other = new TileBlocks(shape, tilesOfBlock);
    other.blocks = Arrays.copyOf(blocks, blocks.length);
    other.starts = starts.clone();
    other.own = new boolean[own.length];
    other.first = first;
    other.end = end;
    other.firstCell = firstCell;
    other.firstNumber = firstNumber;
    // Whoever reads a snapshot does not ask for totals.
    other.totals = totals;
    return other;
  }

  /** A copy that shares nothing mutable with this one. */
  TileBlocks copy() {
    TileBlocks copy = shared();
    copy.totals = null;
    for (int block = first; block < end; block++) {
      copy.toChange(block);
    }
    return copy;
  }

  int first() {
    return first;
  }

  /** Index after that of the last block. */
  int end() {
    return end;
  }

  /** The cell of the oldest tile there is, in the first block. */
  int firstCell() {
    return firstCell;
  }

  /** The first cell of a block that counts. */
  int firstCell(int block) {
    return block == first ? firstCell : 0;
  }

  /** A block to be read. */
  Cells block(int block) {
    return blocks[block];
  }

  /** How many tiles there are. */
  int tiles() {
    int tiles = -firstCell;
    for (int block = first; block < end; block++) {
      tiles += blocks[block].size();
    }
    return tiles;
  }

  long lastTile() {
    Cells last = blocks[end - 1];
    return FewTiles.tile(last, last.size() - 1);
  }

  /** Adds a block of tiles that are later than all others. */
  void append(Cells block) {
    if (end == blocks.length) {
      makeRoom();
    }
    put(end++, block);
  }

  private void put(int at, Cells block) {
    blocks[at] = block;
    starts[at] = FewTiles.tile(block, 0);
    own[at] = true;
  }

  private void makeRoom() {
    int count = end - first;
    int length = Math.max(4, count + (count >> 1) + 1);
    blocks = Arrays.copyOf(Arrays.copyOfRange(blocks, first, end), length);
    starts = Arrays.copyOf(Arrays.copyOfRange(starts, first, end), length);
    own = Arrays.copyOf(Arrays.copyOfRange(own, first, end), length);
    first = 0;
    end = count;
  }

  /** The block in which a tile is, if it is in any: the last one that starts up to it. */
  int blockOf(long tile) {
    int low = first;
    int high = end - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= tile) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The block to be changed; totals over it are not as they were after that. */
  Cells toChange(int block) {
    if (!own[block]) {
      blocks[block] = blocks[block].copy();
      own[block] = true;
    }
    if (totals != null) {
      totals.invalidate(number(block));
    }
    return blocks[block];
  }

  /** Halves the block if it has become too large; then it has to be looked for anew. */
  boolean halved(int block) {
    int size = blocks[block].size();
    if (size < 2 * tilesOfBlock) {
      return false;
    }
    if (end == blocks.length) {
      block -= first;
      makeRoom();
    }
    Cells older = toChange(block);
    if (block == first && firstCell > 0) {
      older.removeRange(0, firstCell);
      firstCell = 0;
    }
    if (older.size() < 2) {
      return true;
    }
    int half = older.size() / 2;
    Cells newer = older.takeRange(half, older.size());
    older.removeRange(half, older.size());
    int moved = end - block - 1;
    System.arraycopy(blocks, block + 1, blocks, block + 2, moved);
    System.arraycopy(starts, block + 1, starts, block + 2, moved);
    System.arraycopy(own, block + 1, own, block + 2, moved);
    end++;
    put(block + 1, newer);
    // Blocks have other numbers now.
    totals = null;
    return true;
  }

  /** Drops all tiles before the given one, which is there; blocks before its own go at once. */
  void dropBefore(int block, int cell) {
    for (int gone = first; gone < block; gone++) {
      blocks[gone] = null;
    }
    firstNumber += block - first;
    first = block;
    firstCell = cell;
  }

  private long number(int block) {
    return firstNumber + block - first;
  }

  /**
   * Merges whole blocks into a cell: those kernels that are asked for, which have partial totals.
   * Cost: 64 cells of each level of totals.
   */
  void mergeWhole(int from, Cells into, int cell, boolean[] of) {
    if (from == end) {
      return;
    }
    if (totals == null) {
      totals = new BlockTotals(shape);
    }
    totals.merge(this, number(from), number(end - 1) + 1, into, cell, of);
  }

  /** The block of a number. */
  Cells numbered(long number) {
    return blocks[first + (int) (number - firstNumber)];
  }

  long firstNumber() {
    return firstNumber;
  }
}
