package io.millrace.features;

import io.millrace.features.kernel.Cells;
import org.apache.flink.table.data.RowData;

/**
 * The tiles of a key that has many: spread over chunks of 64 neighbours, with partial totals over
 * them for the kernels that cannot be subtracted, see {@link NearChunks} and {@link WindowRebuild}.
 */
final class SpreadTiles extends WindowTiles {
  private final int[] partials;
  private final NearChunks chunks;
  private final WindowRebuild rebuild;

  SpreadTiles(StateShape shape, NearChunks chunks) {
    super(shape);
    this.chunks = chunks;
    partials = shape.partialKernels();
    rebuild = new WindowRebuild(shape, chunks);
  }

  /** Spreads the tiles of a key that has become too many for {@link FewTiles}. */
  void takeOver() throws Exception {
    Cells few = head.few;
    head.spread = true;
    head.few = null;
    head.occupied = new long[shape.ringWords()];
    head.changed = shape.hasPartials() ? new long[shape.ringWords()] : null;
    for (int from = head.firstFew; from < few.size(); from++) {
      long tile = FewTiles.tile(few, from);
      int index = (int) tile & 63;
      Chunk chunk = chunk(tile >> 6);
      int cell = chunk.open(index);
      chunk.cells().take(cell, few, from);
      chunk.countRetractions(index, FewTiles.retractions(few, from));
      if (chunk.withTotal()) {
        for (int k : partials) {
          kernels[k].merge(chunk.cells(), chunk.totalCell(), chunk.cells(), cell);
        }
        report(chunk, tile >> 6);
      }
    }
    head.firstFew = 0;
  }

  /** The chunk of this number, made if need be, to be changed. */
  private Chunk chunk(long number) throws Exception {
    long address = Chunk.address(0, number);
    Chunk chunk = chunks.find(address);
    if (chunk != null) {
      chunk = chunks.own(chunk);
      chunk.unsaved = true;
      return chunk;
    }
    chunk = Chunk.ofTiles(shape);
    chunks.add(address, chunk);
    TileRing.add(head.occupied, number);
    return chunk;
  }

  @Override
  void add(RowData row, long timeMillis, long tile) throws Exception {
    Chunk chunk = chunk(tile >> 6);
    int index = (int) tile & 63;
    if (!chunk.has(index)) {
      head.tiles++;
    }
    int cell = chunk.open(index);
    Cells cells = chunk.cells();
    for (int k : ofTile) {
      kernels[k].add(cells, cell, row, timeMillis);
    }
    if (chunk.withTotal()) {
      int total = chunk.totalCell();
      for (int k : partials) {
        kernels[k].add(cells, total, row, timeMillis);
      }
      report(chunk, tile >> 6);
    }
  }

  private void report(Chunk chunk, long number) {
    if (!chunk.reported) {
      TileRing.add(head.changed, number);
      chunk.reported = true;
    }
  }

  @Override
  int remove(RowData row, long timeMillis, long tile) throws Exception {
    long number = tile >> 6;
    int index = (int) tile & 63;
    Chunk chunk = chunks.find(Chunk.address(0, number));
    if (chunk == null || !chunk.has(index) || chunk.cells().rows(chunk.cell(index)) == 0) {
      return FeatureEngine.GONE;
    }
    chunk = chunks.own(chunk);
    int outcome = remove(row, timeMillis, chunk.cells(), chunk.cell(index));
    if (chunk.withTotal()) {
      for (int k : partials) {
        if (kernels[k].retractable()
            && !kernels[k].remove(chunk.cells(), chunk.totalCell(), row, timeMillis)) {
          chunk.rebuildTotal(kernels[k]);
        }
      }
      report(chunk, number);
    }
    chunk.countRetractions(index, 1);
    chunk.unsaved = true;
    return outcome;
  }

  @Override
  long expire(int window, long last) throws Exception {
    nothingStale();
    boolean anyStale = false;
    boolean widest = isWidest(window);
    long tile = head.oldest[window];
    long left = tile;
    while (tile <= last) {
      long number = tile >> 6;
      Chunk chunk = chunks.findOldest(Chunk.address(0, number));
      long within = chunk.mask() & (-1L << tile);
      long beyond = last - (number << 6);
      long leaving = beyond >= 63 ? within : within & ((2L << beyond) - 1);
      int first = chunk.cell(Long.numberOfTrailingZeros(leaving));
      int count = Long.bitCount(leaving);
      for (int cell = first; cell < first + count; cell++) {
        anyStale |= subtract(window, chunk.cells(), cell);
      }
      left = (number << 6) + 63 - Long.numberOfLeadingZeros(leaving);
      long staying = within & ~leaving;
      if (widest) {
        dropTiles(chunk, number, leaving, count);
      }
      tile = staying != 0 ? (number << 6) + Long.numberOfTrailingZeros(staying) : next(number);
    }
    head.oldest[window] = tile;
    if (widest && tile == Head.NONE) {
      chunks.cleared();
      startAgain();
    } else if (anyStale) {
      rebuild(window, stale);
    }
    return left;
  }

  @Override
  void rebuild(int window, boolean[] of) throws Exception {
    rebuild.window(head, window, of);
  }

  private long newestTile() {
    return shape.hops().tile(head.newestEventMillis);
  }

  /** The first tile of the next chunk that exists. */
  private long next(long number) throws Exception {
    long following = TileRing.next(head.occupied, number + 1, newestTile() >> 6);
    if (following == TileRing.NONE) {
      return Head.NONE;
    }
    Chunk chunk = chunks.find(Chunk.address(0, following));
    return (following << 6) + Long.numberOfTrailingZeros(chunk.mask());
  }

  private void dropTiles(Chunk chunk, long number, long leaving, int count) throws Exception {
    if (head.retractions > 0) {
      for (long rest = leaving; rest != 0; rest &= rest - 1) {
        head.retractions -= chunk.retractions(Long.numberOfTrailingZeros(rest));
      }
    }
    head.tiles -= count;
    if (leaving == chunk.mask()) {
      dropChunk(number);
    } else {
      Chunk own = chunks.own(chunk);
      own.dropLowest(count);
      own.unsaved = true;
    }
  }

  private void dropChunk(long number) throws Exception {
    chunks.remove(Chunk.address(0, number));
    TileRing.remove(head.occupied, number);
    if (shape.hasPartials()) {
      TileRing.remove(head.changed, number);
      rebuild.forget(number);
    }
  }

  @Override
  void clear() throws Exception {
    rebuild.removeAll(head.occupied, oldestTile() >> 6, newestTile() >> 6);
    chunks.cleared();
    startAgain();
  }

  /** Without tiles a key starts again with few. */
  private void startAgain() {
    head.spread = false;
    head.occupied = null;
    head.changed = null;
    head.retractions = 0;
  }

  /** Takes all tiles out of their chunks, which are all at hand, into one array. */
  void gather() throws Exception {
    Cells all = gathered();
    long retractions = head.retractions;
    chunks.cleared();
    startAgain();
    head.retractions = retractions;
    head.few = all;
    head.firstFew = 0;
    head.tiles = all.size();
  }

  private long oldestTile() {
    return head.oldest[head.oldest.length - 1];
  }

  @Override
  void settle(long first) throws Exception {
    long from = head.settleFrom >> 6;
    long to = newestTile() >> 6;
    long[] existing = head.occupied;
    head.occupied = new long[shape.ringWords()];
    head.changed = shape.hasPartials() ? new long[shape.ringWords()] : null;
    rebuild.removePartials(from, to);
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
        noteOldest((c << 6) + index);
      }
    }
    chunks.count();
    if (head.windowsEmpty()) {
      chunks.cleared();
      startAgain();
    }
  }

  @Override
  Cells gathered() throws Exception {
    Cells all = FewTiles.withRoomFor(shape, head.tiles);
    long to = newestTile() >> 6;
    for (long number = TileRing.next(head.occupied, oldestTile() >> 6, to);
        number != TileRing.NONE;
        number = TileRing.next(head.occupied, number + 1, to)) {
      Chunk chunk = chunks.find(Chunk.address(0, number)).copy();
      for (long rest = chunk.mask(); rest != 0; rest &= rest - 1) {
        int index = Long.numberOfTrailingZeros(rest);
        int cell = FewTiles.append(all, (number << 6) + index, chunk.retractions(index));
        all.take(cell, chunk.cells(), chunk.cell(index));
      }
    }
    return all;
  }

  private static int countBelow(long mask, long index) {
    return index <= 0
        ? 0
        : index > 63 ? Long.bitCount(mask) : Long.bitCount(mask & ((1L << index) - 1));
  }
}
