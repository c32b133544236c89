package io.millrace.features;

import java.util.Arrays;

/**
 * The keys that are in memory, found by the bytes of their entity. Hashes lie in an array of their
 * own, so that a search looks at one key as a rule. Open addressing with linear probing, at most
 * half full.
 *
 * <p>NOT thread safe.
 */
final class WorkingSet {
  private static final int SMALLEST = 64;

  private int[] hashes = new int[SMALLEST];
  private LiveKey[] keys = new LiveKey[SMALLEST];
  private final int bytesOfKey;
  private final int bytesOfTile;
  private int size;
  private long bytes;
  private int hand;

  WorkingSet(StateShape shape) {
    bytesOfKey = WorkingMemory.bytesOfKey(shape);
    bytesOfTile = WorkingMemory.bytesOfTile(shape);
  }

  int size() {
    return size;
  }

  /** What all keys together take, as far as they were weighed. */
  long bytes() {
    return bytes;
  }

  /** The key of the entity that was read last, or null. */
  LiveKey find(EntityReader entity) {
    int hash = entity.hash();
    int mask = hashes.length - 1;
    int i = hash & mask;
    while (hashes[i] != 0) {
      if (hashes[i] == hash && entity.matches(keys[i])) {
        return keys[i];
      }
      i = (i + 1) & mask;
    }
    return null;
  }

  /** Adds a key that is not there yet. */
  void add(LiveKey key) {
    if (2 * (size + 1) > hashes.length) {
      grow();
    }
    insert(key);
    size++;
  }

  private void insert(LiveKey key) {
    int mask = hashes.length - 1;
    int i = key.hash & mask;
    while (hashes[i] != 0) {
      i = (i + 1) & mask;
    }
    hashes[i] = key.hash;
    keys[i] = key;
  }

  private void grow() {
    LiveKey[] old = keys;
    hashes = new int[2 * old.length];
    keys = new LiveKey[2 * old.length];
    hand = 0;
    for (LiveKey key : old) {
      if (key != null) {
        insert(key);
      }
    }
  }

  /** Takes out a key that is there; it is not to be used any more. */
  void remove(LiveKey key) {
    int mask = hashes.length - 1;
    int hole = key.hash & mask;
    while (keys[hole] != key) {
      hole = (hole + 1) & mask;
    }
    // Those that were pushed beyond the hole move back, so that no search ends too early.
    for (int i = (hole + 1) & mask; hashes[i] != 0; i = (i + 1) & mask) {
      int home = hashes[i] & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        hashes[hole] = hashes[i];
        keys[hole] = keys[i];
        hole = i;
      }
    }
    hashes[hole] = 0;
    keys[hole] = null;
    size--;
    bytes -= key.bytes;
    key.bytes = 0;
    key.letGo();
  }

  /** Takes note of what a key takes by now, see {@link WorkingMemory}. */
  void weigh(LiveKey key) {
    long now = bytesOfKey + (long) key.tiles * bytesOfTile;
    bytes += now - key.bytes;
    key.bytes = now;
  }

  /**
   * A key to let go: the next one around the table that was not used since the last time round. The
   * set is not to be empty.
   */
  LiveKey leastUsed() {
    int mask = keys.length - 1;
    while (true) {
      hand = (hand + 1) & mask;
      LiveKey key = keys[hand];
      if (key != null) {
        if (!key.used) {
          return key;
        }
        key.used = false;
      }
    }
  }

  void clear() {
    Arrays.fill(hashes, 0);
    Arrays.fill(keys, null);
    size = 0;
    bytes = 0;
  }
}
