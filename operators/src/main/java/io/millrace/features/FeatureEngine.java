package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.Kernel;
import java.util.Arrays;
import org.apache.flink.table.data.RowData;

/**
 * Keeps the window and lifetime totals of one key after another: takes in rows, lets time pass, and
 * thereby answers what the totals are at a time. Knows nothing of Flink's runtime.
 *
 * <p>At time {@code t} a window of {@code n} tiles holds the rows of the tiles {@code H-n+1 .. H},
 * see {@link Hops}. Totals are a function of the rows that came and of {@code t} alone, whatever
 * the order of rows and of the passing of time. So are the two numbers of a version:
 *
 * <ul>
 *   <li>{@link Head#versionMillis}: the newest event, or the newest time up to {@code t} at which a
 *       tile left a window, even if the row came only later;
 *   <li>{@link #revision}: how many rows were added to or taken back from the widest window (the
 *       lifetime, if the view has lifetime features). Between two expiries it only grows.
 * </ul>
 *
 * <p>Cost of a row: one tile, and one cell per window, plus one subtraction for each tile that
 * leaves a window. A kernel that cannot be subtracted is merged anew from at most 64 cells of each
 * level of partial totals, when the tile that leaves matters to it. None of this grows with the
 * number of tiles in a window.
 *
 * <p>NOT thread safe.
 */
final class FeatureEngine {
  /** The row is older than every window. Lifetime totals took it all the same. */
  static final int LATE = 1;

  /** Values or version are not what they were. */
  static final int CHANGED = 2;

  /** A row was taken back from a tile that never had one. */
  static final int GONE = 4;

  /** A row was taken back and some aggregate has no way to forget it. */
  static final int NOT_RETRACTABLE = 8;

  private final StateShape shape;
  private final Hops hops;
  private final Kernel[] kernels;
  private final boolean[] stale;
  private final boolean wordsOnly;
  private final NearChunks chunks;
  private final FewTiles few;
  private final BlockedTiles blocked;
  private final SpreadTiles spread;
  private Head head;

  FeatureEngine(StateShape shape) {
    this(shape, FewTiles.MOST);
  }

  /**
   * @param fewTiles from how many on tiles are put into blocks or spread, {@link FewTiles#MOST}
   *     unless a test wants otherwise
   */
  FeatureEngine(StateShape shape, int fewTiles) {
    this.shape = shape;
    hops = shape.hops();
    kernels = shape.kernels();
    stale = new boolean[kernels.length];
    wordsOnly = shape.layout().objects() == 0;
    chunks = new NearChunks(shape);
    few = new FewTiles(shape, fewTiles);
    blocked = new BlockedTiles(shape, few);
    spread = new SpreadTiles(shape, chunks);
  }

  /**
   * Turns to a key that was just read.
   *
   * @param stored what was kept of it, null if nothing; all of its tiles may be in one array,
   *     however many they are; not to be used any more
   * @return what is to be kept of it from now on
   */
  Head open(Head stored, ChunkStore of) throws Exception {
    turnTo(
        stored == null ? new Head(shape) : stored.shape == shape ? stored : stored.remap(shape),
        of);
    chunks.opened();
    if (head.unsettled) {
      settle();
    }
    rest();
    return head;
  }

  /** Has the tiles of a head that was read as they are to be in memory. */
  private void rest() throws Exception {
    if (head.spread && toBlocks()) {
      spread.gather();
    }
    if (!head.spread && few.size() > few.most()) {
      makeRoom();
    }
  }

  /** Whether many tiles are put into blocks; if not, they are spread over chunks. */
  private boolean toBlocks() {
    return wordsOnly && chunks.live();
  }

  /** Lets tiles rest elsewhere than where there are few. */
  private void makeRoom() throws Exception {
    if (toBlocks()) {
      blocked.makeRoom();
    } else {
      spread.takeOver();
    }
  }

  /** Turns to a key that was opened before. */
  void turnTo(Head to, ChunkStore of) {
    head = to;
    few.head = to;
    blocked.head = to;
    spread.head = to;
    chunks.turnTo(to, of);
  }

  private WindowTiles tiles() {
    return head.spread ? spread : head.blocks == null ? few : blocked;
  }

  /** Where a tile is, or is to be. */
  private WindowTiles tiles(long tile) {
    return head.spread ? spread : tile > head.blockedUpTo ? few : blocked;
  }

  /**
   * Brings the head of a key that was kept in another shape, see {@link Head#remap}, in line with
   * its tiles. Happens once per key after the view has changed, and reads all of the key's tiles.
   */
  private void settle() throws Exception {
    head.unsettled = false;
    tiles().settle(Hops.firstTile(head.hop, shape.widest()));
    head.settleFrom = Head.NONE;
    for (int w = 0; w < head.oldest.length; w++) {
      if (head.oldest[w] != Head.NONE) {
        Arrays.fill(stale, false);
        for (int k : shape.kernelsOfTotal(w)) {
          stale[k] = true;
        }
        tiles().rebuild(w, stale);
      }
    }
  }

  /** All tiles of the key that was turned to, to be changed at will. */
  Cells gatheredTiles() throws Exception {
    return tiles().gathered();
  }

  /** Writes the chunks of the key that was turned to, as far as they are not part of its head. */
  void saveChunks() throws Exception {
    chunks.save();
  }

  /**
   * Lets time pass up to the start of a hop: tiles that have left a window are taken out of it.
   *
   * @return whether any has
   */
  boolean advance(long hop) throws Exception {
    if (hop <= head.hop) {
      return false;
    }
    head.hop = hop;
    boolean expired = false;
    // Narrow windows first: the widest one drops the tiles themselves.
    for (int w = 0; w < head.oldest.length; w++) {
      long last = hop - shape.tiles(w);
      if (head.oldest[w] <= last) {
        expire(w, last);
        expired = true;
      }
    }
    return expired;
  }

  /**
   * Takes in a row, or takes it back.
   *
   * @param timeMillis its event time; time passes up to it if need be
   * @return {@link #LATE} and the other flags
   */
  int take(RowData row, long timeMillis, boolean retract) throws Exception {
    long tile = hops.tile(timeMillis);
    advance(tile);
    long versionBefore = head.versionMillis;
    int outcome = 0;
    boolean applied = true;
    if (shape.windows() > 0) {
      if (tile < Hops.firstTile(head.hop, shape.widest())) {
        outcome = LATE;
        raiseVersion(hops.expiryMillis(tile, shape.widest()));
      } else if (retract) {
        outcome = retractFromWindows(row, timeMillis, tile);
        applied = outcome != GONE;
      } else {
        addToWindows(row, timeMillis, tile);
        outcome = CHANGED;
      }
    }
    if (applied && shape.lifetime()) {
      outcome |= retract ? retractFromLifetime(row, timeMillis) : addToLifetime(row, timeMillis);
    }
    if ((outcome & CHANGED) != 0) {
      head.newestEventMillis = Math.max(head.newestEventMillis, timeMillis);
      raiseVersion(timeMillis);
    }
    return head.versionMillis != versionBefore ? outcome | CHANGED : outcome;
  }

  private void addToWindows(RowData row, long timeMillis, long tile) throws Exception {
    if (!head.spread && tile > head.blockedUpTo && !few.hasRoomFor(tile)) {
      makeRoom();
    }
    tiles(tile).add(row, timeMillis, tile);
    for (int w = 0; w < head.oldest.length; w++) {
      if (covers(w, tile)) {
        for (int k : shape.kernelsOfTotal(w)) {
          kernels[k].add(head.totals, w, row, timeMillis);
        }
        if (tile < head.oldest[w]) {
          head.oldest[w] = tile;
        }
      }
    }
  }

  /** Whether a window covers a tile; if not, time has passed the tile's expiry from it. */
  private boolean covers(int window, long tile) {
    if (tile >= Hops.firstTile(head.hop, shape.tiles(window))) {
      return true;
    }
    raiseVersion(hops.expiryMillis(tile, shape.tiles(window)));
    return false;
  }

  private int retractFromWindows(RowData row, long timeMillis, long tile) throws Exception {
    int outcome = tiles(tile).remove(row, timeMillis, tile);
    if (outcome == GONE) {
      return GONE;
    }
    head.retractions++;
    for (int w = 0; w < head.oldest.length; w++) {
      if (covers(w, tile)) {
        boolean anyStale = false;
        Arrays.fill(stale, false);
        for (int k : shape.kernelsOfTotal(w)) {
          if (kernels[k].retractable() && !kernels[k].remove(head.totals, w, row, timeMillis)) {
            stale[k] = true;
            anyStale = true;
          }
        }
        if (anyStale) {
          tiles().rebuild(w, stale);
        }
      }
    }
    return outcome;
  }

  private int addToLifetime(RowData row, long timeMillis) {
    int cell = shape.lifetimeCell();
    for (int k : shape.kernelsOfTotal(cell)) {
      kernels[k].add(head.totals, cell, row, timeMillis);
    }
    return CHANGED;
  }

  private int retractFromLifetime(RowData row, long timeMillis) {
    int cell = shape.lifetimeCell();
    if (head.totals.rows(cell) == 0) {
      return GONE;
    }
    int outcome = CHANGED;
    for (int k : shape.kernelsOfTotal(cell)) {
      if (kernels[k].retractable()) {
        // There are no parts to rebuild a lifetime from; it stays within the kernel's error.
        kernels[k].remove(head.totals, cell, row, timeMillis);
      } else {
        outcome |= NOT_RETRACTABLE;
      }
    }
    head.lifetimeRetractions++;
    return outcome;
  }

  /** Takes out of a window all its tiles up to and including the last one that has left it. */
  private void expire(int window, long last) throws Exception {
    long newestTile = newestTile();
    if (newestTile <= last) {
      raiseVersion(hops.expiryMillis(newestTile, shape.tiles(window)));
      head.totals.clear(window);
      if (window == head.oldest.length - 1) {
        tiles().clear();
      }
      head.oldest[window] = Head.NONE;
    } else {
      raiseVersion(hops.expiryMillis(tiles().expire(window, last), shape.tiles(window)));
    }
  }

  private long newestTile() {
    return hops.tile(head.newestEventMillis);
  }

  private void raiseVersion(long timeMillis) {
    if (timeMillis > head.versionMillis) {
      head.versionMillis = timeMillis;
    }
  }

  /** How many changes the values take in, see the class. */
  long revision() {
    if (shape.lifetime()) {
      return head.totals.rows(shape.lifetimeCell()) + 2 * head.lifetimeRetractions;
    }
    return head.totals.rows(shape.windows() - 1) + 2 * head.retractions;
  }

  /**
   * The hop at whose start time alone will change something: a tile leaves a window, or the key may
   * be forgotten. {@link Head#NONE} if never.
   */
  long dueHop() {
    if (head.windowsEmpty()) {
      return shape.lifetime() || head.versionMillis == Head.BEFORE_ALL
          ? Head.NONE
          : forgettableHop();
    }
    long due = Head.NONE;
    for (int w = 0; w < head.oldest.length; w++) {
      if (head.oldest[w] != Head.NONE) {
        due = Math.min(due, head.oldest[w] + shape.tiles(w));
      }
    }
    return due;
  }

  /**
   * Whether nothing is left to keep. An empty key is kept until even the oldest row that could
   * still come in time has a version newer than the last one of this key.
   */
  boolean forgettable() {
    return head.windowsEmpty()
        && !shape.lifetime()
        && (head.versionMillis == Head.BEFORE_ALL || head.hop >= forgettableHop());
  }

  private long forgettableHop() {
    return hops.ceilTile(head.versionMillis) + shape.widest() - 1;
  }
}
