package io.millrace.features;

/**
 * Chunks by address, open addressing with linear probing: most keys have one or two, which are then
 * found with one look.
 *
 * <p>NOT thread safe.
 */
final class ChunkTable {
  private static final Chunk[] NOTHING = new Chunk[1];

  private Chunk[] slots = NOTHING;
  private int size;

  int size() {
    return size;
  }

  Chunk get(long address) {
    int mask = slots.length - 1;
    for (int i = slot(address, mask); slots[i] != null; i = (i + 1) & mask) {
      if (slots[i].address == address) {
        return slots[i];
      }
    }
    return null;
  }

  /** Adds a chunk whose address is not in the table yet. */
  void add(Chunk chunk) {
    // One slot always stays free, which ends every search.
    if (4 * (size + 1) > 3 * slots.length) {
      grow();
    }
    insert(chunk);
    size++;
  }

  private void insert(Chunk chunk) {
    int mask = slots.length - 1;
    int i = slot(chunk.address, mask);
    while (slots[i] != null) {
      i = (i + 1) & mask;
    }
    slots[i] = chunk;
  }

  private void grow() {
    Chunk[] old = slots;
    slots = new Chunk[Math.max(2, 2 * old.length)];
    for (Chunk chunk : old) {
      if (chunk != null) {
        insert(chunk);
      }
    }
  }

  /** Removes a chunk if it is there. */
  void remove(long address) {
    int mask = slots.length - 1;
    int hole = slot(address, mask);
    while (slots[hole] != null && slots[hole].address != address) {
      hole = (hole + 1) & mask;
    }
    if (slots[hole] == null) {
      return;
    }
    size--;
    // Those that were pushed beyond the hole move back, so that no search ends too early.
    for (int i = (hole + 1) & mask; slots[i] != null; i = (i + 1) & mask) {
      int home = slot(slots[i].address, mask);
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        slots[hole] = slots[i];
        hole = i;
      }
    }
    slots[hole] = null;
  }

  /** Puts a chunk in the place of the one at its address, which is there. */
  void replace(Chunk chunk) {
    int mask = slots.length - 1;
    int i = slot(chunk.address, mask);
    while (slots[i].address != chunk.address) {
      i = (i + 1) & mask;
    }
    slots[i] = chunk;
  }

  /** Another table of the same chunks. */
  ChunkTable shared() {
    ChunkTable other = new ChunkTable();
    other.slots = size == 0 ? NOTHING : slots.clone();
    other.size = size;
    return other;
  }

  void clear() {
    slots = NOTHING;
    size = 0;
  }

  /** The chunks, in no order. */
  Chunk[] toArray() {
    Chunk[] chunks = new Chunk[size];
    int next = 0;
    for (Chunk chunk : slots) {
      if (chunk != null) {
        chunks[next++] = chunk;
      }
    }
    return chunks;
  }

  private static int slot(long address, int mask) {
    return (int) (address * 0x9E3779B97F4A7C15L >>> 40) & mask;
  }
}
