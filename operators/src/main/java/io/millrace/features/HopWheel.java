package io.millrace.features;

import java.util.Arrays;

/**
 * Keys by the hop at whose start time alone changes something of them: a ring of buckets, in which
 * a key waits without being looked up again. Takes the place of a timer per key while keys are in
 * memory.
 *
 * <p>A key waits for one hop at a time, {@link LiveKey#due}. A place that it has left stays in its
 * bucket until that is next emptied, or {@link #sweep} is called, and is passed over. A bucket
 * holds the hops that are a whole number of rounds apart; a key whose round has not come stays in.
 *
 * <p>NOT thread safe.
 */
final class HopWheel {
  /** Beyond this a longer ring costs more than the keys that wait for several rounds. */
  private static final int LONGEST = 1 << 16;

  private static final int SHORTEST = 1 << 6;
  private static final int SPARES = 64;

  /** Keys that are fetched from memory at once: as many loads as a core has under way. */
  private static final int AHEAD = 8;

  private static final LiveKey[] NOTHING = {};

  private final LiveKey[][] buckets;
  private final int[] sizes;
  private final int mask;

  /** Buckets that were emptied, to be filled again. */
  private final LiveKey[][] spares = new LiveKey[SPARES][];

  private int spareCount;
  private int places;

  /** Keeps the compiler from leaving out what only {@link #fetch} wants. */
  @SuppressWarnings("unused") // read by nobody
  private long fetched;

  /** The hop that was reached, {@link Head#BEFORE_ALL} before the first watermark. */
  private long reached = Head.BEFORE_ALL;

  /** What is done with a key whose hop has come. */
  interface Ring {
    void ring(LiveKey key) throws Exception;
  }

  /**
   * @param span hops between the present and what most keys wait for
   */
  HopWheel(long span) {
    int length = SHORTEST;
    while (length < LONGEST && length <= span) {
      length <<= 1;
    }
    buckets = new LiveKey[length][];
    Arrays.fill(buckets, NOTHING);
    sizes = new int[length];
    mask = length - 1;
  }

  /** Places that are taken, those that keys have left included. */
  int places() {
    return places;
  }

  /** The hop that was reached, {@link Head#BEFORE_ALL} before the first watermark. */
  long reached() {
    return reached;
  }

  /** Lets a key wait for another hop, which is not to have been reached. */
  void add(LiveKey key, long due) {
    key.due = due;
    push((int) due & mask, key);
    places++;
  }

  private void push(int bucket, LiveKey key) {
    LiveKey[] keys = buckets[bucket];
    int size = sizes[bucket];
    if (size == keys.length) {
      keys =
          size == 0 && spareCount > 0
              ? spares[--spareCount]
              : Arrays.copyOf(keys, Math.max(8, 2 * size));
      buckets[bucket] = keys;
    }
    keys[size] = key;
    sizes[bucket] = size + 1;
  }

  /** Rings for every key that waits for a hop up to and including this one. */
  void advance(long hop, Ring ring) throws Exception {
    if (hop <= reached) {
      return;
    }
    // Once around is enough, however far time has jumped.
    long from = reached < hop - mask ? hop - mask : reached + 1;
    reached = hop;
    for (long h = from; h <= hop; h++) {
      int bucket = (int) h & mask;
      int size = sizes[bucket];
      if (size > 0) {
        LiveKey[] keys = buckets[bucket];
        buckets[bucket] = NOTHING;
        sizes[bucket] = 0;
        places -= size;
        for (int i = 0; i < size; i++) {
          if (i % AHEAD == 0) {
            fetch(keys, i, Math.min(i + AHEAD, size));
          }
          LiveKey key = keys[i];
          if (waits(key, bucket)) {
            if (key.due > hop) {
              push(bucket, key);
              places++;
            } else {
              key.due = Head.NONE;
              ring.ring(key);
            }
          }
        }
        recycle(keys, size);
      }
    }
  }

  /**
   * Touches what ringing will need. Keys have not been used for long and lie far apart: read in a
   * row, one wait for memory serves them all.
   */
  private void fetch(LiveKey[] keys, int from, int to) {
    long any = 0;
    for (int i = from; i < to; i++) {
      any += keys[i].due;
    }
    for (int i = from; i < to; i++) {
      LiveKey key = keys[i];
      if (key.due != Head.NONE) {
        any += key.oldest.length + key.totals.size() + (key.few == null ? 0 : key.few.size());
      }
    }
    for (int i = from; i < to; i++) {
      LiveKey key = keys[i];
      if (key.due != Head.NONE) {
        any += key.totals.rows(0);
        if (key.blocks != null) {
          any += key.blocks.block(key.blocks.first()).rows(key.blocks.firstCell());
        } else if (key.few != null && key.firstFew < key.few.size()) {
          any += key.few.rows(key.firstFew);
        }
      }
    }
    fetched = any;
  }

  private void recycle(LiveKey[] keys, int size) {
    if (spareCount < SPARES) {
      Arrays.fill(keys, 0, size, null);
      spares[spareCount++] = keys;
    }
  }

  private boolean waits(LiveKey key, int bucket) {
    return key.due != Head.NONE && ((int) key.due & mask) == bucket;
  }

  /** Takes out the places that keys have left. Cost: all places. */
  void sweep() {
    places = 0;
    for (int bucket = 0; bucket < buckets.length; bucket++) {
      LiveKey[] keys = buckets[bucket];
      int kept = 0;
      for (int i = 0; i < sizes[bucket]; i++) {
        if (waits(keys[i], bucket)) {
          keys[kept++] = keys[i];
        }
      }
      Arrays.fill(keys, kept, sizes[bucket], null);
      sizes[bucket] = kept;
      places += kept;
    }
  }
}
