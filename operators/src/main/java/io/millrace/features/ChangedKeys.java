package io.millrace.features;

import java.util.Arrays;

/**
 * The keys that Flink's state does not hold as they are, in the order in which they changed. Those
 * that were written or left memory since are passed over.
 *
 * <p>NOT thread safe.
 */
final class ChangedKeys {
  private LiveKey[] keys = new LiveKey[64];
  private int first;
  private int end;

  /** What is done with a changed key. */
  interface Writer {
    /** Writes the key, after which it is not dirty. */
    void write(LiveKey key) throws Exception;
  }

  /** How many keys there are, those that are passed over included. */
  int size() {
    return end - first;
  }

  /** Takes note that a key has changed. */
  void add(LiveKey key) {
    if (key.dirty) {
      return;
    }
    key.dirty = true;
    if (end == keys.length) {
      makeRoom();
    }
    keys[end++] = key;
  }

  private void makeRoom() {
    int kept = 0;
    for (int i = first; i < end; i++) {
      if (keys[i].dirty) {
        keys[kept++] = keys[i];
      }
    }
    Arrays.fill(keys, kept, end, null);
    first = 0;
    end = kept;
    if (2 * kept > keys.length) {
      keys = Arrays.copyOf(keys, 2 * keys.length);
    }
  }

  /** Has the key written that changed first. */
  void writeOldest(Writer writer) throws Exception {
    while (first < end) {
      LiveKey key = keys[first];
      keys[first++] = null;
      if (key.dirty) {
        writer.write(key);
        return;
      }
    }
  }

  /** Has all written. */
  void writeAll(Writer writer) throws Exception {
    for (int i = first; i < end; i++) {
      if (keys[i].dirty) {
        writer.write(keys[i]);
      }
    }
    clear();
  }

  void clear() {
    Arrays.fill(keys, first, end, null);
    first = 0;
    end = 0;
  }
}
