package io.millrace.features;

/**
 * Brings the head of a key that was kept in another shape, see {@link Head#remap}, in line with its
 * tiles: those that no window covers any more are dropped, and every window is computed from the
 * rest. Happens once per key after the view has changed, and reads all of the key's tiles.
 */
final class Settlement {
  private final StateShape shape;
  private final NearChunks chunks;
  private final WindowRebuild rebuild;

  Settlement(StateShape shape, NearChunks chunks, WindowRebuild rebuild) {
    this.shape = shape;
    this.chunks = chunks;
    this.rebuild = rebuild;
  }

  /** Makes the head of another shape one of this shape: the windows are computed from the tiles. */
  void settle(Head head) throws Exception {
    long from = head.settleFrom >> 6;
    long to = shape.hops().tile(head.newestEventMillis) >> 6;
    long[] existing = head.occupied;
    head.occupied = new long[shape.ringWords()];
    head.unsettled = false;
    head.settleFrom = Head.NONE;
    rebuild.removePartials(from, to);
    long first = Hops.firstTile(head.hop, shape.widest());
    head.retractions = 0;
    for (long c = TileRing.next(existing, from, to);
        c != TileRing.NONE;
        c = TileRing.next(existing, c + 1, to)) {
      long address = Chunk.address(0, c);
      Chunk chunk = chunks.find(address);
      int gone = countBelow(chunk.mask(), first - (c << 6));
      if (gone == Long.bitCount(chunk.mask()) || shape.windows() == 0) {
        chunks.remove(address);
        continue;
      }
      chunk = chunks.own(chunk);
      chunk.dropLowest(gone);
      chunk.unsaved = true;
      TileRing.add(head.occupied, c);
      if (shape.hasPartials()) {
        TileRing.add(head.changed, c);
      }
      for (long rest = chunk.mask(); rest != 0; rest &= rest - 1) {
        int index = Long.numberOfTrailingZeros(rest);
        head.retractions += chunk.retractions(index);
        for (int w = 0; w < head.oldest.length; w++) {
          long tile = (c << 6) + index;
          if (tile >= Hops.firstTile(head.hop, shape.tiles(w)) && tile < head.oldest[w]) {
            head.oldest[w] = tile;
          }
        }
      }
    }
    chunks.count();
    for (int w = 0; w < head.oldest.length; w++) {
      if (head.oldest[w] != Head.NONE) {
        boolean[] stale = new boolean[shape.kernels().length];
        for (int k : shape.kernelsOfTotal(w)) {
          stale[k] = true;
        }
        rebuild.window(head, w, stale);
      }
    }
  }

  private static int countBelow(long mask, long index) {
    return index <= 0
        ? 0
        : index > 63 ? Long.bitCount(mask) : Long.bitCount(mask & ((1L << index) - 1));
  }
}
