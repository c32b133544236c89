package io.millrace.features;

import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;

/**
 * Reads the entity of one row after another into the same memory, to be looked up in a {@link
 * WorkingSet} without making an object.
 *
 * <p>NOT thread safe.
 */
final class EntityReader {
  private final EntityKeySelector selector;
  private final BinaryRowData entity;
  private final BinaryRowWriter writer;
  private MemorySegment segment;
  private int words;
  private long word0;
  private long word1;
  private int hash;

  EntityReader(EntityKeySelector selector) {
    this.selector = selector;
    entity = new BinaryRowData(selector.fields());
    writer = new BinaryRowWriter(entity);
  }

  /** Reads the entity of a row that starts with its fields. */
  void read(RowData row) {
    writer.reset();
    selector.write(row, writer);
    segment = entity.getSegments()[0];
    // Binary rows are whole words, the unused bytes of which are zero: words decide on equality.
    words = entity.getSizeInBytes() >> 3;
    word0 = segment.getLong(0);
    word1 = segment.getLong(8);
    long mixed = mix(mix(0, word0), word1);
    for (int word = 2; word < words; word++) {
      mixed = mix(mixed, segment.getLong(word << 3));
    }
    int spread = (int) (finish(mixed) >>> 32);
    hash = spread == 0 ? 1 : spread;
  }

  private static long mix(long hash, long word) {
    long product = (hash ^ word) * 0x9E3779B97F4A7C15L;
    return product ^ product >>> 29;
  }

  /** The finish of MurmurHash3: every bit of the entity counts in every bit. */
  private static long finish(long mixed) {
    long hash = (mixed ^ mixed >>> 33) * 0xFF51AFD7ED558CCDL;
    hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
    return hash ^ hash >>> 33;
  }

  /** Hash of the entity that was read, never 0. */
  int hash() {
    return hash;
  }

  /** Whether a key is that of the entity that was read. */
  boolean matches(LiveKey key) {
    return key.word0 == word0 && key.word1 == word1 && (words == 2 || matches(key.entity, 2));
  }

  /** Whether an entity that was kept is the one that was read. */
  boolean matches(BinaryRowData other) {
    return matches(other, 0);
  }

  private boolean matches(BinaryRowData other, int fromWord) {
    if (other.getSizeInBytes() != words << 3) {
      return false;
    }
    MemorySegment bytes = other.getSegments()[0];
    for (int word = fromWord; word < words; word++) {
      if (bytes.getLong(word << 3) != segment.getLong(word << 3)) {
        return false;
      }
    }
    return true;
  }

  /** The entity that was read, to be kept. */
  BinaryRowData copy() {
    return entity.copy();
  }

  /**
   * A key of the entity that was read.
   *
   * @param copy of {@link #copy}
   * @param head what is kept of the key
   */
  LiveKey toKey(BinaryRowData copy, Head head) {
    return new LiveKey(copy, word0, word1, hash, head);
  }
}
