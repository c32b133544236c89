package io.millrace.features;

import java.io.Serializable;

/**
 * The arithmetic of sliding windows over tiles. Time is cut into tiles of one hop: tile {@code i}
 * holds the times {@code [i*hop, (i+1)*hop)}. At time {@code t}, in the hop {@code H = floor(t /
 * hop)}, a window of {@code n} tiles covers the tiles {@code H-n+1 .. H}, of which the last is
 * still filling. Tile {@code i} therefore leaves that window at {@code (i+n)*hop}.
 *
 * <p>Example, hop 1m and a window of 1h (60 tiles), times as hh:mm:
 *
 * <pre>
 *   tile(10:15:42)           = the tile of 10:15
 *   at 11:14:59.999          the window covers the tiles 10:15 .. 11:14
 *   expiry(tile of 10:15)    = 11:15
 * </pre>
 *
 * At the last millisecond of a hop the window is exactly the one that Flink SQL's {@code HOP} ends
 * there.
 *
 * @param millis length of a hop
 */
public record Hops(long millis) implements Serializable {

  /** Times further than this from 1970 (36 million years) are not taken for times. */
  static final long FURTHEST_MILLIS = 1L << 60;

  public Hops {
    if (millis <= 0) {
      throw new IllegalArgumentException("hop=" + millis + " ms: must be positive");
    }
  }

  /** Whether the arithmetic below holds for this time without overflow. */
  public static boolean isTime(long timeMillis) {
    return timeMillis > -FURTHEST_MILLIS && timeMillis < FURTHEST_MILLIS;
  }

  /** The tile that holds a time, also the hop that has been reached at that time. */
  public long tile(long timeMillis) {
    return Math.floorDiv(timeMillis, millis);
  }

  /** The oldest tile that a window of so many tiles covers in a hop. */
  public static long firstTile(long hop, long tiles) {
    return hop - tiles + 1;
  }

  /** When a tile leaves a window of so many tiles. */
  public long expiryMillis(long tile, long tiles) {
    return (tile + tiles) * millis;
  }

  /** The smallest tile that starts at this time or later. */
  public long ceilTile(long timeMillis) {
    return -Math.floorDiv(-timeMillis, millis);
  }
}
