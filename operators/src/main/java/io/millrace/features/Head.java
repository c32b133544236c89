package io.millrace.features;

import io.millrace.features.kernel.Cells;
import java.util.Arrays;

/**
 * What the engine keeps of a key apart from its tiles: how far it got, the totals of every window
 * and of the lifetime, and which chunks of tiles exist. Its size depends on the number of windows
 * and kernels, and by one bit per 64 tiles on the widest window.
 *
 * <p>NOT thread safe.
 */
class Head {
  /** No tile, no timer. */
  static final long NONE = Long.MAX_VALUE;

  /** No event or hop yet. */
  static final long BEFORE_ALL = Long.MIN_VALUE;

  StateShape shape;

  /** The hop that has been reached: what left the windows up to here is subtracted. */
  long hop = BEFORE_ALL;

  long newestEventMillis = BEFORE_ALL;

  /** The newest event, or the newest time at which a tile left a window. */
  long versionMillis = BEFORE_ALL;

  /** The oldest non-empty tile of each window, or {@link #NONE}. */
  long[] oldest;

  /** Totals of each window, then of the lifetime. */
  Cells totals;

  /** Whether tiles are spread over chunks, see {@link SpreadTiles}; if not, they are few. */
  boolean spread;

  /** The tiles while they are few, from {@link #firstFew} on, see {@link FewTiles}; null: none. */
  Cells few;

  int firstFew;

  /** Older tiles than those, see {@link BlockedTiles}; null: none. */
  TileBlocks blocks;

  /** The last tile of the blocks, or {@link #BEFORE_ALL}. */
  long blockedUpTo = BEFORE_ALL;

  /** Which chunks of the widest window exist, see {@link TileRing}; null unless spread. */
  long[] occupied;

  /** Which of them changed since their total went to level 1; null without partial totals. */
  long[] changed;

  /** Rows taken back in the tiles of the widest window, and in the lifetime. */
  long retractions;

  long lifetimeRetractions;

  /** The event-time timer that is registered, or {@link #NONE}. */
  long timerMillis = NONE;

  /** Whether values were changed and not emitted yet. */
  boolean pending;

  /**
   * Whether it came from another shape and the windows are to be computed anew from the tiles.
   * Until then {@link #occupied} is the other shape's ring.
   */
  boolean unsettled;

  /** The oldest tile there is, while unsettled. */
  long settleFrom = NONE;

  /** Chunks that rest here, see {@link NearChunks}. */
  ChunkTable chunks;

  /** The chunk that was asked for last, of those that rest here: most often the next one too. */
  Chunk latest;

  /** The chunk of the tiles that left a window last. */
  Chunk oldestChunk;

  /** Whether chunks may rest elsewhere. */
  boolean spilled;

  /** Tiles that rest here, a measure of the room they take. */
  int tiles;

  /** Chunks of the same generation belong to this head alone, others are shared with older ones. */
  long generation;

  Head(StateShape shape) {
    this.shape = shape;
    oldest = new long[shape.windows()];
    Arrays.fill(oldest, NONE);
    totals = Cells.empty(shape.layout(), shape.totals());
    chunks = new ChunkTable();
  }

  /** A head of the same content that shares everything with the other one. */
  Head(Head other) {
    shape = other.shape;
    oldest = other.oldest;
    totals = other.totals;
    few = other.few;
    blocks = other.blocks;
    occupied = other.occupied;
    changed = other.changed;
    chunks = other.chunks;
    latest = other.latest;
    oldestChunk = other.oldestChunk;
    generation = other.generation;
    copyScalars(other);
  }

  /** Whether no window holds a tile. */
  boolean windowsEmpty() {
    return oldest.length == 0 || oldest[oldest.length - 1] == NONE;
  }

  /** A copy that shares nothing mutable with this one. */
  Head copy() {
    Head copy = new Head(this);
    copy.unshare(0);
    copy.blocks = blocks == null ? null : blocks.copy();
    copy.latest = null;
    copy.oldestChunk = null;
    copy.chunks = new ChunkTable();
    for (Chunk chunk : chunks.toArray()) {
      copy.chunks.add(chunk.copy());
    }
    return copy;
  }

  /**
   * Lets other heads keep what was shared with them, so that this one can be changed. Its blocks
   * and chunks stay shared until they are changed, see {@link NearChunks#own}.
   *
   * @param newGeneration another one than that of any chunk that is shared
   */
  final void unshare(long newGeneration) {
    oldest = oldest.clone();
    totals = totals.copy();
    few = few == null ? null : few.copy();
    blocks = blocks == null ? null : blocks.shared();
    occupied = occupied == null ? null : occupied.clone();
    changed = changed == null ? null : changed.clone();
    chunks = chunks.shared();
    generation = newGeneration;
  }

  private void copyScalars(Head from) {
    hop = from.hop;
    newestEventMillis = from.newestEventMillis;
    versionMillis = from.versionMillis;
    retractions = from.retractions;
    lifetimeRetractions = from.lifetimeRetractions;
    timerMillis = from.timerMillis;
    pending = from.pending;
    unsettled = from.unsettled;
    settleFrom = from.settleFrom;
    spilled = from.spilled;
    spread = from.spread;
    firstFew = from.firstFew;
    blockedUpTo = from.blockedUpTo;
    tiles = from.tiles;
  }

  /**
   * This head for another shape. Lifetime totals are carried over; windows are left empty and the
   * head unsettled, since only the tiles know what belongs to them.
   */
  Head remap(StateShape target) {
    if (shape.equals(target)) {
      shape = target;
      for (Chunk chunk : chunks.toArray()) {
        chunk.remap(target);
      }
      return this;
    }
    Head head = new Head(target);
    head.copyScalars(this);
    if (shape.lifetime() && target.lifetime()) {
      Cells mapped = totals.remap(target.layout());
      for (int k : target.kernelsOfTotal(target.lifetimeCell())) {
        target.kernels()[k].merge(head.totals, target.lifetimeCell(), mapped, shape.lifetimeCell());
      }
    } else {
      head.lifetimeRetractions = 0;
    }
    // An unsettled head's windows are empty, yet its tiles are still to be settled.
    if (unsettled || !windowsEmpty()) {
      head.unsettled = true;
      head.settleFrom = unsettled ? settleFrom : oldest[oldest.length - 1];
      head.few = few == null ? null : few.remap(target.layout());
      head.occupied = occupied == null ? null : occupied.clone();
      for (Chunk chunk : chunks.toArray()) {
        head.chunks.add(chunk.remap(target));
      }
    } else {
      head.spread = false;
      head.firstFew = 0;
      head.tiles = 0;
    }
    return head;
  }
}
