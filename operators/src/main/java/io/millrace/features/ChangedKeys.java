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
  private int size;

  /** What is done with a changed key. */
  interface Writer {
    /** Writes the key, after which it is not dirty. */
    void write(LiveKey key) throws Exception;
  }

  /** Takes note that a key has changed. */
  void add(LiveKey key) {
    if (key.dirty) {
      return;
    }
    key.dirty = true;
    if (size == keys.length) {
      makeRoom();
    }
    keys[size++] = key;
  }

  private void makeRoom() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (keys[i].dirty) {
        keys[kept++] = keys[i];
      }
    }
    Arrays.fill(keys, kept, size, null);
    size = kept;
    if (2 * size > keys.length) {
      keys = Arrays.copyOf(keys, 2 * keys.length);
    }
  }

  /** Has all written. */
  void writeAll(Writer writer) throws Exception {
    for (int i = 0; i < size; i++) {
      if (keys[i].dirty) {
        writer.write(keys[i]);
      }
    }
    clear();
  }

  void clear() {
    Arrays.fill(keys, 0, size, null);
    size = 0;
  }
}
