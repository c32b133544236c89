package io.millrace.features;

import io.millrace.features.kernel.Cells;
import org.apache.flink.table.data.RowData;

/**
 * The tiles of a key that has no more than {@value #MOST}, as most have, or the newest ones of a
 * key that has more, see {@link BlockedTiles}: one after the other in order of time, in one array,
 * so that a row touches the end of it and an expiry its beginning. Kernels that cannot be
 * subtracted are merged anew from all tiles of the window.
 *
 * <p>Tiles that were dropped stay at the front until a quarter is of that kind; {@link
 * Head#firstFew} is the first one that counts.
 */
final class FewTiles extends WindowTiles {
  /**
   * More than that are put into blocks, or spread over chunks where state is not kept as objects.
   */
  static final int MOST = 64;

  /** The marks of a cell: its tile, and how many rows were taken back from it. */
  private static final int TILE = 0;

  private static final int RETRACTIONS = 1;
  private static final int MARKS = 2;

  /** A key that has run empty keeps its room up to so many tiles. */
  private static final int ROOM_TO_KEEP = 4;

  private final int most;

  /**
   * @param most tiles, {@link #MOST} unless a test wants otherwise
   */
  FewTiles(StateShape shape, int most) {
    super(shape);
    this.most = most;
  }

  static Cells withRoomFor(StateShape shape, int tiles) {
    return new Cells(shape.layout(), tiles, MARKS);
  }

  static long tile(Cells few, int cell) {
    return few.mark(cell, TILE);
  }

  static int retractions(Cells few, int cell) {
    return (int) few.mark(cell, RETRACTIONS);
  }

  static void countRetraction(Cells few, int cell) {
    few.setMark(cell, RETRACTIONS, few.mark(cell, RETRACTIONS) + 1);
  }

  /** Opens the empty cell of a tile before the given cell. */
  static void insert(Cells few, int cell, long tile) {
    few.insert(cell);
    few.setMark(cell, TILE, tile);
  }

  /** The first cell from the given one on whose tile is not before the given tile. */
  static int firstFrom(Cells few, int from, long tile) {
    int low = from;
    int high = few.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tile(few, middle) < tile) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Appends the empty cell of a tile that is newer than all that are there. */
  static int append(Cells few, long tile, long retractions) {
    int cell = few.size();
    few.insert(cell);
    few.setMark(cell, TILE, tile);
    few.setMark(cell, RETRACTIONS, retractions);
    return cell;
  }

  int most() {
    return most;
  }

  /** How many tiles there are here. */
  int size() {
    return head.few == null ? 0 : head.few.size() - head.firstFew;
  }

  /** Whether a row of this tile needs no more tiles than there may be. */
  boolean hasRoomFor(long tile) {
    return size() < most || find(tile) >= 0;
  }

  /** Keeps the tiles from a cell on; those before it have been taken elsewhere. */
  void keepFrom(int cell) {
    Cells few = head.few;
    if (few.size() > 2 * most) {
      head.few = few.takeRange(cell, few.size());
    } else {
      few.removeRange(0, cell);
    }
    head.firstFew = 0;
  }

  /** The cell of a tile, or -1. */
  private int find(long tile) {
    Cells few = head.few;
    if (few != null) {
      int cell = lastUpTo(few, tile);
      if (cell >= head.firstFew && tile(few, cell) == tile) {
        return cell;
      }
    }
    return -1;
  }

  /** The cell of the last tile up to this one; most rows belong to the last of all. */
  private int lastUpTo(Cells few, long tile) {
    int high = few.size() - 1;
    if (high < head.firstFew || tile(few, high) <= tile) {
      return high;
    }
    int low = head.firstFew;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tile(few, middle) > tile) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }

  @Override
  void add(RowData row, long timeMillis, long tile) {
    int cell = open(tile);
    Cells few = head.few;
    for (int k : ofTile) {
      kernels[k].add(few, cell, row, timeMillis);
    }
  }

  private int open(long tile) {
    if (head.few == null) {
      head.few = withRoomFor(shape, 2);
      head.firstFew = 0;
    }
    Cells few = head.few;
    int cell = lastUpTo(few, tile);
    if (cell >= head.firstFew && tile(few, cell) == tile) {
      return cell;
    }
    cell++;
    if (few.size() == few.capacity() && 4 * head.firstFew > few.size()) {
      few.removeRange(0, head.firstFew);
      cell -= head.firstFew;
      head.firstFew = 0;
    }
    insert(few, cell, tile);
    head.tiles++;
    return cell;
  }

  @Override
  int remove(RowData row, long timeMillis, long tile) {
    int cell = find(tile);
    if (cell < 0 || head.few.rows(cell) == 0) {
      return FeatureEngine.GONE;
    }
    countRetraction(head.few, cell);
    return remove(row, timeMillis, head.few, cell);
  }

  @Override
  long expire(int window, long last) throws Exception {
    nothingStale();
    Cells few = head.few;
    boolean widest = isWidest(window);
    int cell = widest ? head.firstFew : find(head.oldest[window]);
    boolean anyStale = false;
    int end = few.size();
    while (cell < end && tile(few, cell) <= last) {
      anyStale |= subtract(window, few, cell);
      cell++;
    }
    long left = tile(few, cell - 1);
    head.oldest[window] = cell < end ? tile(few, cell) : Head.NONE;
    if (widest) {
      dropBefore(cell);
    }
    if (anyStale) {
      rebuild(window, stale);
    }
    return left;
  }

  private void dropBefore(int cell) {
    Cells few = head.few;
    for (int gone = head.firstFew; gone < cell; gone++) {
      head.retractions -= retractions(few, gone);
    }
    head.tiles -= cell - head.firstFew;
    drop(cell);
  }

  /** Forgets the tiles before a cell, which were accounted for. */
  void drop(int cell) {
    if (shape.layout().objects() > 0) {
      for (int gone = head.firstFew; gone < cell; gone++) {
        head.few.clear(gone);
      }
    }
    head.firstFew = cell;
  }

  @Override
  void rebuild(int window, boolean[] of) {
    long first = Hops.firstTile(head.hop, shape.tiles(window));
    Cells few = head.few;
    int end = few.size();
    int from = firstFrom(few, head.firstFew, first);
    for (int k = 0; k < kernels.length; k++) {
      if (of[k]) {
        kernels[k].clear(head.totals, window);
        for (int cell = from; cell < end; cell++) {
          kernels[k].merge(head.totals, window, few, cell);
        }
      }
    }
  }

  @Override
  void clear() {
    if (head.few.capacity() > ROOM_TO_KEEP) {
      head.few = null;
    } else {
      head.few.removeRange(0, head.few.size());
    }
    head.firstFew = 0;
    head.tiles = 0;
    head.retractions = 0;
  }

  @Override
  void settle(long first) {
    Cells few = head.few;
    int from = head.firstFew;
    while (from < few.size() && (tile(few, from) < first || shape.windows() == 0)) {
      from++;
    }
    dropBefore(from);
    head.retractions = 0;
    for (int cell = from; cell < few.size(); cell++) {
      head.retractions += retractions(few, cell);
      noteOldest(tile(few, cell));
    }
    if (from == few.size()) {
      clear();
    }
  }

  @Override
  Cells gathered() {
    if (head.few == null) {
      return withRoomFor(shape, 0);
    }
    Cells all = head.few.copy();
    all.removeRange(0, head.firstFew);
    return all;
  }
}
