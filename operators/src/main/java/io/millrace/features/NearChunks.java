package io.millrace.features;

/**
 * The chunks of the current key. They rest in the key's {@link Head} as long as that is read and
 * written as an object, or is small enough to be written as a whole each time; else each rests by
 * itself in a {@link ChunkStore}, and is read and written at most once per event.
 *
 * <p>NOT thread safe.
 */
final class NearChunks {
  /** Tiles that a head may hold itself where it is written as a whole. */
  static final int TILES_IN_HEAD = 16;

  private final StateShape shape;
  private ChunkStore store;
  private Head head;
  private ChunkTable table;

  NearChunks(StateShape shape) {
    this.shape = shape;
  }

  void open(Head of, ChunkStore with) throws Exception {
    head = of;
    table = of.chunks;
    store = with;
    if (head.spilled && store.live()) {
      store.takeAll(this::adopt);
      head.spilled = false;
    }
  }

  private void adopt(long address, Chunk chunk) {
    chunk.address = address;
    table.add(chunk.remap(shape));
  }

  /** The chunk at an address, or null. */
  Chunk find(long address) throws Exception {
    Chunk latest = head.latest;
    if (latest != null && latest.address == address) {
      return latest;
    }
    Chunk chunk = table.get(address);
    if (chunk != null) {
      head.latest = chunk;
    }
    if (chunk != null || !head.spilled) {
      return chunk;
    }
    Chunk stored = store.get(address);
    if (stored == null) {
      return null;
    }
    stored.address = address;
    chunk = stored.remap(shape);
    chunk.unsaved = chunk != stored;
    table.add(chunk);
    return chunk;
  }

  /** Puts a new chunk at an address. */
  void add(long address, Chunk chunk) {
    chunk.address = address;
    chunk.unsaved = true;
    table.add(chunk);
  }

  void remove(long address) throws Exception {
    head.latest = null;
    table.remove(address);
    if (head.spilled) {
      store.remove(address);
    }
  }

  /** Everything is gone; the caller has removed all that was in the store. */
  void cleared() {
    head.latest = null;
    table.clear();
    head.spilled = false;
  }

  /** Writes what was changed. */
  void close() throws Exception {
    if (!store.live() && table.size() > 0 && (head.spilled || tilesInHead() > TILES_IN_HEAD)) {
      boolean allNew = !head.spilled;
      head.spilled = true;
      for (Chunk chunk : table.toArray()) {
        if (allNew || chunk.unsaved) {
          store.put(chunk.address, chunk);
          chunk.unsaved = false;
        }
      }
      head.latest = null;
      table.clear();
    }
    head = null;
    table = null;
    store = null;
  }

  private int tilesInHead() {
    int tiles = 0;
    for (Chunk chunk : table.toArray()) {
      tiles += Long.bitCount(chunk.mask());
    }
    return tiles;
  }
}
