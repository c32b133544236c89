package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.Kernel;

/**
 * Computes window totals anew from tiles and partial totals, for the kernels that could not be
 * subtracted from.
 *
 * <p>Chunks of 64 tiles keep their own totals. A chunk that has changed hands its total to level 1
 * when a rebuild asks for it, 64 to a chunk there, and level 1 to level 2 where windows are longer
 * than 64 * 64 tiles. The chunk that is still filling is read itself. So a rebuild merges at most
 * 64 tiles of the oldest chunk and 64 totals of each level and edge.
 *
 * <p>NOT thread safe.
 */
final class WindowRebuild {
  private final StateShape shape;
  private final NearChunks chunks;
  private final Kernel[] kernels;
  private final int[] partials;

  WindowRebuild(StateShape shape, NearChunks chunks) {
    this.shape = shape;
    this.chunks = chunks;
    kernels = shape.kernels();
    partials = shape.partialKernels();
  }

  /** Computes the stale kernels' totals of a window in the hop that the head has reached. */
  void window(Head head, int window, boolean[] stale) throws Exception {
    for (int k = 0; k < kernels.length; k++) {
      if (stale[k]) {
        kernels[k].clear(head.totals, window);
      }
    }
    long firstTile = Hops.firstTile(head.hop, shape.tiles(window));
    long newest = shape.hops().tile(head.newestEventMillis) >> 6;
    long first = firstTile >> 6;
    int index = (int) firstTile & 63;
    if (index > 0) {
      if (first <= newest && TileRing.contains(head.occupied, first)) {
        mergeTiles(head, window, first, index, stale, true);
        mergeTiles(head, window, first, index, stale, false);
      }
      first++;
    }
    boolean anyPartial = false;
    boolean anyOther = false;
    for (int k = 0; k < kernels.length; k++) {
      anyPartial |= stale[k] && shape.isPartial(k);
      anyOther |= stale[k] && !shape.isPartial(k);
    }
    if (anyOther) {
      for (long c = next(head, first, newest); c != TileRing.NONE; c = next(head, c + 1, newest)) {
        mergeTiles(head, window, c, 0, stale, false);
      }
    }
    if (anyPartial) {
      mergePartials(head, window, first, newest, stale);
    }
  }

  private static long next(Head head, long from, long to) {
    return TileRing.next(head.occupied, from, to);
  }

  private void mergeTiles(
      Head head, int window, long number, int fromIndex, boolean[] stale, boolean ofPartial)
      throws Exception {
    Chunk chunk = chunks.find(Chunk.address(0, number));
    int end = Long.bitCount(chunk.mask());
    int first = chunk.cell(fromIndex);
    for (int k = 0; k < kernels.length; k++) {
      if (stale[k] && shape.isPartial(k) == ofPartial) {
        for (int cell = first; cell < end; cell++) {
          kernels[k].merge(head.totals, window, chunk.cells(), cell);
        }
      }
    }
  }

  private void mergePartials(Head head, int window, long first, long newest, boolean[] stale)
      throws Exception {
    // What has changed goes up first; the newest chunk will change again soon and is read itself.
    for (long c = TileRing.next(head.changed, first, newest);
        c != TileRing.NONE;
        c = TileRing.next(head.changed, c + 1, newest)) {
      if (c < newest) {
        handUp(head, c);
      } else {
        Chunk chunk = chunks.find(Chunk.address(0, c));
        merge(head, window, chunk.cells(), chunk.totalCell(), stale);
      }
    }
    long last = TileRing.contains(head.changed, newest) ? newest - 1 : newest;
    long c = next(head, first, last);
    while (c != TileRing.NONE) {
      long group = c >> 6;
      long groupEnd = (group << 6) + 63;
      if (shape.hasSuperChunks() && first <= group << 6 && groupEnd <= last) {
        Chunk totals = chunks.find(Chunk.address(2, group >> 6));
        merge(head, window, totals.cells(), totals.cell((int) group & 63), stale);
      } else {
        Chunk totals = chunks.find(Chunk.address(1, group));
        long end = Math.min(last, groupEnd);
        for (long n = c; n != TileRing.NONE; n = next(head, n + 1, end)) {
          merge(head, window, totals.cells(), totals.cell((int) n & 63), stale);
        }
      }
      c = next(head, groupEnd + 1, last);
    }
  }

  private void merge(Head head, int window, Cells from, int cell, boolean[] stale) {
    for (int k : partials) {
      if (stale[k]) {
        kernels[k].merge(head.totals, window, from, cell);
      }
    }
  }

  private void handUp(Head head, long number) throws Exception {
    Chunk chunk = chunks.own(chunks.find(Chunk.address(0, number)));
    Chunk group = totals(1, number >> 6);
    int cell = group.open((int) number & 63);
    for (int k : partials) {
      kernels[k].clear(group.cells(), cell);
      kernels[k].merge(group.cells(), cell, chunk.cells(), chunk.totalCell());
    }
    group.unsaved = true;
    if (shape.hasSuperChunks()) {
      Chunk top = totals(2, number >> 12);
      int topCell = top.open((int) (number >> 6) & 63);
      for (int k : partials) {
        kernels[k].clear(top.cells(), topCell);
        for (int child = 0; child < Long.bitCount(group.mask()); child++) {
          kernels[k].merge(top.cells(), topCell, group.cells(), child);
        }
      }
      top.unsaved = true;
    }
    TileRing.remove(head.changed, number);
    chunk.reported = false;
  }

  private Chunk totals(int level, long number) throws Exception {
    long address = Chunk.address(level, number);
    Chunk chunk = chunks.find(address);
    if (chunk == null) {
      chunk = Chunk.ofTotals(shape);
      chunks.add(address, chunk);
      return chunk;
    }
    return chunks.own(chunk);
  }

  /** Drops what the levels hold of a chunk that is no more. */
  void forget(long number) throws Exception {
    if (drop(1, number >> 6, (int) number & 63) && shape.hasSuperChunks()) {
      drop(2, number >> 12, (int) (number >> 6) & 63);
    }
  }

  /** Whether the level's chunk thereby went too. */
  private boolean drop(int level, long number, int index) throws Exception {
    long address = Chunk.address(level, number);
    Chunk totals = chunks.find(address);
    if (totals == null) {
      return false;
    }
    totals = chunks.own(totals);
    totals.drop(index);
    if (totals.isEmpty()) {
      chunks.remove(address);
      return true;
    }
    totals.unsaved = true;
    return false;
  }

  /** Removes the chunks of tiles in a range, and everything of the levels above it. */
  void removeAll(long[] occupied, long from, long to) throws Exception {
    for (long c = TileRing.next(occupied, from, to);
        c != TileRing.NONE;
        c = TileRing.next(occupied, c + 1, to)) {
      chunks.remove(Chunk.address(0, c));
    }
    if (shape.hasPartials()) {
      removePartials(from, to);
    }
  }

  /** Removes the levels above the chunks of a range. */
  void removePartials(long from, long to) throws Exception {
    for (long group = from >> 6; group <= to >> 6; group++) {
      chunks.remove(Chunk.address(1, group));
    }
    for (long top = from >> 12; top <= to >> 12; top++) {
      chunks.remove(Chunk.address(2, top));
    }
  }
}
