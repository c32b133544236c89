package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.Kernel;

/**
 * Puts history under what a key knows already: a view that gained aggregations has, for each key,
 * the state it ran with and the state that its history gives. What the view computed keeps its very
 * cells; what is new takes those of the history.
 *
 * <p>Let the state that was kept reach back to tile {@code f}, the first one of its widest window:
 *
 * <ul>
 *   <li>Tiles before {@code f}, which only wider windows cover, are the history's.
 *   <li>In tiles from {@code f} on, and in lifetime totals, a kernel that was there keeps what it
 *       has, also where that is nothing; a kernel that is new takes what the history has.
 *   <li>Time and version are the greater ones of both, so that no store has seen a greater version
 *       of the merged key.
 * </ul>
 *
 * <p>Cost: all tiles of the key, once. NOT thread safe.
 */
final class HistoryMerge {
  private final StateShape shape;
  private final FeatureEngine engine;
  private StateShape last;
  private boolean[] newInTile;
  private boolean[] newInLifetime;

  HistoryMerge(StateShape shape, FeatureEngine engine) {
    this.shape = shape;
    this.engine = engine;
  }

  /** The first tile that state of a head's shape reaches back to. */
  static long reachesBackTo(Head head) {
    long widest = head.shape.widest();
    return widest == 0 || head.hop == Head.BEFORE_ALL
        ? Head.NONE
        : Hops.firstTile(head.hop, widest);
  }

  /**
   * Merges two states of one key.
   *
   * @param was the shape in which the kept state had been written
   * @param reach of the kept state, {@link #reachesBackTo} before it was opened
   * @param kept opened in the present shape, not to be used any more
   * @param keptChunks where its chunks are
   * @param history opened in the present shape, not to be used any more
   * @param historyChunks where its chunks are
   * @return to be opened with {@link FeatureEngine#open}
   */
  Head merge(
      StateShape was,
      long reach,
      Head kept,
      ChunkStore keptChunks,
      Head history,
      ChunkStore historyChunks)
      throws Exception {
    turnTo(was);
    long hop = Math.max(kept.hop, history.hop);
    engine.turnTo(history, historyChunks);
    engine.advance(hop);
    Cells old = engine.gatheredTiles();
    engine.turnTo(kept, keptChunks);
    engine.advance(hop);
    Cells own = engine.gatheredTiles();

    Head merged = new Head(shape);
    merged.hop = hop;
    merged.newestEventMillis = Math.max(kept.newestEventMillis, history.newestEventMillis);
    merged.versionMillis = Math.max(kept.versionMillis, history.versionMillis);
    merged.timerMillis = kept.timerMillis;
    merged.pending = kept.pending;
    mergeTiles(merged, reach, own, old);
    if (shape.lifetime()) {
      mergeLifetime(merged, kept, history);
    }
    return merged;
  }

  private void turnTo(StateShape was) {
    if (was != last) {
      last = was;
      newInTile = newKernels(shape.kernelsOfTile(), was, was.kernelsOfTile());
      newInLifetime =
          newKernels(
              shape.kernelsOfTotal(shape.lifetimeCell()),
              was,
              was.kernelsOfTotal(was.lifetimeCell()));
    }
  }

  /** By index in the present shape: whether a kernel is none of those that were. */
  private boolean[] newKernels(int[] now, StateShape was, int[] before) {
    boolean[] isNew = new boolean[shape.kernels().length];
    for (int k : now) {
      isNew[k] = true;
      for (int b : before) {
        if (was.kernels()[b].id().equals(shape.kernels()[k].id())) {
          isNew[k] = false;
        }
      }
    }
    return isNew;
  }

  private void mergeTiles(Head merged, long reach, Cells own, Cells old) {
    Cells all = FewTiles.withRoomFor(shape, own.size() + old.size());
    int mine = 0;
    int theirs = 0;
    while (mine < own.size() || theirs < old.size()) {
      long ownTile = mine < own.size() ? FewTiles.tile(own, mine) : Head.NONE;
      long oldTile = theirs < old.size() ? FewTiles.tile(old, theirs) : Head.NONE;
      long tile = Math.min(ownTile, oldTile);
      if (ownTile == tile && (oldTile != tile || tile >= reach)) {
        take(all, tile, own, mine);
        if (oldTile == tile) {
          merge(all, all.size() - 1, old, theirs, newInTile);
        }
      } else if (tile < reach) {
        take(all, tile, old, theirs);
      } else {
        takeNew(all, tile, old, theirs);
      }
      mine += ownTile == tile ? 1 : 0;
      theirs += oldTile == tile ? 1 : 0;
    }
    if (all.size() > 0) {
      merged.few = all;
      merged.tiles = all.size();
      merged.unsettled = true;
      merged.settleFrom = FewTiles.tile(all, 0);
    }
  }

  private static void take(Cells all, long tile, Cells from, int fromCell) {
    int cell = FewTiles.append(all, tile, FewTiles.retractions(from, fromCell));
    all.take(cell, from, fromCell);
  }

  /** A tile in which the kernels that were there have had nothing. */
  private void takeNew(Cells all, long tile, Cells from, int fromCell) {
    boolean any = false;
    for (boolean isNew : newInTile) {
      any |= isNew;
    }
    if (any) {
      int cell = FewTiles.append(all, tile, 0);
      merge(all, cell, from, fromCell, newInTile);
    }
  }

  private void mergeLifetime(Head merged, Head kept, Head history) {
    int total = shape.lifetimeCell();
    Kernel[] kernels = shape.kernels();
    for (int k : shape.kernelsOfTotal(total)) {
      Head from = newInLifetime[k] ? history : kept;
      kernels[k].merge(merged.totals, total, from.totals, total);
    }
    merged.lifetimeRetractions =
        last.lifetime() ? kept.lifetimeRetractions : history.lifetimeRetractions;
  }

  private void merge(Cells to, int cell, Cells from, int fromCell, boolean[] of) {
    for (int k = 0; k < of.length; k++) {
      if (of[k]) {
        shape.kernels()[k].merge(to, cell, from, fromCell);
      }
    }
  }
}
