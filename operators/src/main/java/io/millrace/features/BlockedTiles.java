package io.millrace.features;

import io.millrace.features.kernel.Cells;
import org.apache.flink.table.data.RowData;

/**
 * The tiles of a key that has many, where state is kept as objects and cells are words only: the
 * newest ones as {@link FewTiles} has them, so that a row finds the same few places in memory as
 * one of a quiet key, and the older ones in {@link TileBlocks}.
 */
final class BlockedTiles extends WindowTiles {
  private final FewTiles few;
  private final int tilesOfBlock;

  BlockedTiles(StateShape shape, FewTiles few) {
    super(shape);
    this.few = few;
    tilesOfBlock = few.most() - few.most() / 2;
  }

  /** Makes room among the newest tiles, which are too many: older ones become blocks. */
  void makeRoom() {
    if (head.blocks == null) {
      head.blocks = new TileBlocks(shape, tilesOfBlock);
    }
    int from = head.firstFew;
    while (head.few.size() - from >= few.most()) {
      head.blocks.append(head.few.takeRange(from, from + tilesOfBlock));
      from += tilesOfBlock;
    }
    few.keepFrom(from);
    head.blockedUpTo = head.blocks.lastTile();
  }

  @Override
  void add(RowData row, long timeMillis, long tile) {
    TileBlocks blocks = head.blocks;
    int block = blocks.blockOf(tile);
    int cell = find(blocks, block, tile);
    boolean there = isAt(blocks.block(block), cell, tile);
    while (!there && blocks.halved(block)) {
      block = blocks.blockOf(tile);
      cell = find(blocks, block, tile);
    }
    Cells cells = blocks.toChange(block);
    if (!there) {
      FewTiles.insert(cells, cell, tile);
      head.tiles++;
    }
    for (int k : ofTile) {
      kernels[k].add(cells, cell, row, timeMillis);
    }
  }

  /** The first cell of a block whose tile is not before the given one. */
  private static int find(TileBlocks blocks, int block, long tile) {
    return FewTiles.firstFrom(blocks.block(block), blocks.firstCell(block), tile);
  }

  private static boolean isAt(Cells cells, int cell, long tile) {
    return cell < cells.size() && FewTiles.tile(cells, cell) == tile;
  }

  @Override
  int remove(RowData row, long timeMillis, long tile) {
    TileBlocks blocks = head.blocks;
    int block = blocks.blockOf(tile);
    int cell = find(blocks, block, tile);
    if (!isAt(blocks.block(block), cell, tile) || blocks.block(block).rows(cell) == 0) {
      return FeatureEngine.GONE;
    }
    Cells cells = blocks.toChange(block);
    FewTiles.countRetraction(cells, cell);
    return remove(row, timeMillis, cells, cell);
  }

  @Override
  long expire(int window, long last) {
    nothingStale();
    TileBlocks blocks = head.blocks;
    boolean widest = isWidest(window);
    int block = widest ? blocks.first() : blockOf(head.oldest[window]);
    int cell = firstFrom(block, head.oldest[window]);
    boolean anyStale = false;
    long left = Head.BEFORE_ALL;
    Cells cells = cellsOf(block);
    while (true) {
      while (cell < cells.size() && FewTiles.tile(cells, cell) <= last) {
        anyStale |= subtract(window, cells, cell);
        left = FewTiles.tile(cells, cell);
        if (widest) {
          head.retractions -= FewTiles.retractions(cells, cell);
          head.tiles--;
        }
        cell++;
      }
      if (cell < cells.size() || block == blocks.end()) {
        break;
      }
      block++;
      cells = cellsOf(block);
      cell = 0;
    }
    head.oldest[window] = cell < cells.size() ? FewTiles.tile(cells, cell) : Head.NONE;
    if (widest) {
      dropBefore(block, cell);
    }
    if (anyStale && head.blocks == null) {
      few.rebuild(window, stale);
    } else if (anyStale) {
      rebuild(window, stale);
    }
    return left;
  }

  /** The block that holds a tile; after all blocks come the newest tiles. */
  private int blockOf(long tile) {
    return tile > head.blockedUpTo ? head.blocks.end() : head.blocks.blockOf(tile);
  }

  private Cells cellsOf(int block) {
    return block == head.blocks.end() ? head.few : head.blocks.block(block);
  }

  private int firstFrom(int block, long tile) {
    return block == head.blocks.end()
        ? FewTiles.firstFrom(head.few, head.firstFew, tile)
        : find(head.blocks, block, tile);
  }

  private void dropBefore(int block, int cell) {
    if (block < head.blocks.end()) {
      head.blocks.dropBefore(block, cell);
    } else {
      forgetBlocks();
      few.drop(cell);
    }
  }

  private void forgetBlocks() {
    head.blocks = null;
    head.blockedUpTo = Head.BEFORE_ALL;
  }

  @Override
  void rebuild(int window, boolean[] of) {
    long firstTile = Hops.firstTile(head.hop, shape.tiles(window));
    TileBlocks blocks = head.blocks;
    for (int k = 0; k < kernels.length; k++) {
      if (of[k]) {
        kernels[k].clear(head.totals, window);
      }
    }
    int block = blockOf(firstTile);
    if (block < blocks.end()) {
      int cell = find(blocks, block, firstTile);
      if (cell > 0) {
        merge(window, blocks.block(block), cell, of, true, true);
        block++;
      }
      blocks.mergeWhole(block, head.totals, window, of);
      for (; block < blocks.end(); block++) {
        merge(window, blocks.block(block), 0, of, false, true);
      }
    }
    merge(window, head.few, firstFrom(blocks.end(), firstTile), of, true, true);
  }

  private void merge(
      int window, Cells tiles, int from, boolean[] of, boolean partial, boolean other) {
    for (int k = 0; k < kernels.length; k++) {
      if (of[k] && (shape.isPartial(k) ? partial : other)) {
        for (int cell = from; cell < tiles.size(); cell++) {
          kernels[k].merge(head.totals, window, tiles, cell);
        }
      }
    }
  }

  @Override
  void clear() {
    forgetBlocks();
    few.clear();
  }

  @Override
  Cells gathered() {
    Cells all = FewTiles.withRoomFor(shape, head.tiles);
    for (int block = head.blocks.first(); block < head.blocks.end(); block++) {
      append(all, head.blocks.block(block), head.blocks.firstCell(block));
    }
    append(all, head.few, head.firstFew);
    return all;
  }

  private static void append(Cells all, Cells tiles, int from) {
    for (int cell = from; cell < tiles.size(); cell++) {
      int to = FewTiles.append(all, FewTiles.tile(tiles, cell), FewTiles.retractions(tiles, cell));
      all.take(to, tiles, cell);
    }
  }

  /** All tiles of a key of another shape are few. */
  @Override
  void settle(long first) {
    throw new IllegalStateException("tiles are settled before they are put into blocks");
  }
}
