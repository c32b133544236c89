package io.millrace.features;

import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.Kernel;
import java.util.Arrays;
import org.apache.flink.table.data.RowData;

/**
 * The tiles of the current key, and what windows' totals need of them. {@link FeatureEngine} says
 * when, an implementation how they are kept.
 *
 * <p>NOT thread safe.
 */
abstract class WindowTiles {
  final StateShape shape;
  final Kernel[] kernels;
  final int[] ofTile;

  /** The kernels whose total of the window at hand could not be subtracted from. */
  final boolean[] stale;

  Head head;

  WindowTiles(StateShape shape) {
    this.shape = shape;
    kernels = shape.kernels();
    ofTile = shape.kernelsOfTile();
    stale = new boolean[kernels.length];
  }

  /** Adds a row to a tile, which is made if need be. */
  abstract void add(RowData row, long timeMillis, long tile) throws Exception;

  /**
   * Takes a row back from its tile.
   *
   * @return {@link FeatureEngine#GONE} if the tile has no row, else {@link FeatureEngine#CHANGED}
   *     and perhaps {@link FeatureEngine#NOT_RETRACTABLE}
   */
  abstract int remove(RowData row, long timeMillis, long tile) throws Exception;

  /**
   * Takes out of a window's total the tiles from its oldest one up to the last one that has left
   * it, and drops them if the window is the widest.
   *
   * @return the newest tile that has left
   */
  abstract long expire(int window, long last) throws Exception;

  /** Computes the totals of a window's stale kernels from the tiles it covers. */
  abstract void rebuild(int window, boolean[] of) throws Exception;

  /** Drops all tiles. */
  abstract void clear() throws Exception;

  /**
   * After the view has changed: drops the tiles before the first one that the widest window covers,
   * and finds the oldest tile of each window and the number of retractions anew.
   */
  abstract void settle(long first) throws Exception;

  /** A copy of all tiles in order of time, each with its marks, see {@link FewTiles}. */
  abstract Cells gathered() throws Exception;

  /** Whether the total could not be undone for some kernel, which then is stale. */
  final boolean subtract(int window, Cells tiles, int cell) {
    boolean anyStale = false;
    for (int k : shape.kernelsOfTotal(window)) {
      if (!stale[k] && !kernels[k].subtract(head.totals, window, tiles, cell)) {
        stale[k] = true;
        anyStale = true;
      }
    }
    return anyStale;
  }

  /** Takes a row back from a cell of a tile. */
  final int remove(RowData row, long timeMillis, Cells tiles, int cell) {
    int outcome = FeatureEngine.CHANGED;
    for (int k : ofTile) {
      if (kernels[k].retractable()) {
        kernels[k].remove(tiles, cell, row, timeMillis);
      } else {
        outcome |= FeatureEngine.NOT_RETRACTABLE;
      }
    }
    return outcome;
  }

  final void nothingStale() {
    Arrays.fill(stale, false);
  }

  final boolean isWidest(int window) {
    return window == head.oldest.length - 1;
  }

  /** Takes note of a tile that is there: it may be the oldest one of windows that cover it. */
  final void noteOldest(long tile) {
    for (int w = 0; w < head.oldest.length; w++) {
      if (tile >= Hops.firstTile(head.hop, shape.tiles(w)) && tile < head.oldest[w]) {
        head.oldest[w] = tile;
      }
    }
  }
}
