package io.millrace.online;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes that travel together, at most one per key: of several for one key the newest stays. */
final class WriteBatch {

  private final Map<Key, EntityWrite> writes = new LinkedHashMap<>();
  private int sizeInBytes;

  private static final class Key {
    private final byte[] bytes;
    private final int hash;

    Key(byte[] bytes) {
      this.bytes = bytes;
      hash = Arrays.hashCode(bytes);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /**
   * Takes a write in.
   *
   * @return the one of the two that does not travel, when the key had one already: the older, or of
   *     equal versions the earlier; null when the key is new
   */
  EntityWrite add(EntityWrite write) {
    Key key = new Key(write.key());
    EntityWrite other = writes.put(key, write);
    if (other == null) {
      sizeInBytes += write.sizeInBytes();
      return null;
    }
    if (other.version().compareTo(write.version()) > 0) {
      writes.put(key, other);
      return write;
    }
    sizeInBytes += write.sizeInBytes() - other.sizeInBytes();
    return other;
  }

  int size() {
    return writes.size();
  }

  boolean isEmpty() {
    return writes.isEmpty();
  }

  int sizeInBytes() {
    return sizeInBytes;
  }

  Collection<EntityWrite> writes() {
    return writes.values();
  }

  List<EntityWrite> writes(EntityWrite.Action action) {
    List<EntityWrite> chosen = new ArrayList<>();
    for (EntityWrite write : writes.values()) {
      if (write.action() == action) {
        chosen.add(write);
      }
    }
    return chosen;
  }
}
