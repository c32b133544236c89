package io.millrace.features;

/**
 * The chunks of the current key. In memory they rest in the key's {@link Head}. They are written as
 * a part of it where state is kept as objects, or while they are small; else each is written to a
 * {@link ChunkStore} by itself, and read from there when it is first asked for.
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

  /** Whether the key is kept as an object, see {@link ChunkStore#live}. */
  boolean live() {
    return store.live();
  }

  void turnTo(Head of, ChunkStore with) {
    head = of;
    table = of.chunks;
    store = with;
  }

  /** Takes stock of a head that was just read. */
  void opened() throws Exception {
    if (head.spilled && store.live()) {
      store.takeAll(this::adopt);
      head.spilled = false;
    }
    if (head.spread) {
      count();
    }
  }

  private void adopt(long address, Chunk chunk) {
    chunk.address = address;
    table.add(chunk.remap(shape));
  }

  /** Counts the tiles anew. */
  void count() {
    head.tiles = 0;
    for (Chunk chunk : table.toArray()) {
      count(chunk);
    }
  }

  private void count(Chunk chunk) {
    if (Chunk.isOfTiles(chunk.address)) {
      head.tiles += Long.bitCount(chunk.mask());
    }
  }

  /** The chunk at an address, or null; not to be changed unless it is {@link #own}. */
  Chunk find(long address) throws Exception {
    if (isAt(head.latest, address)) {
      return head.latest;
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
    chunk.generation = head.generation;
    table.add(chunk);
    count(chunk);
    return chunk;
  }

  /** Finds a chunk of tiles that are about to leave, which is there. */
  Chunk findOldest(long address) throws Exception {
    if (isAt(head.oldestChunk, address)) {
      return head.oldestChunk;
    }
    // The newest one stays the one that is found first.
    Chunk latest = head.latest;
    Chunk chunk = find(address);
    head.latest = latest;
    head.oldestChunk = chunk;
    return chunk;
  }

  /** The chunk to be changed in the place of one that was found: itself, unless it is shared. */
  Chunk own(Chunk found) {
    if (found.generation == head.generation) {
      return found;
    }
    Chunk chunk = found.copy();
    chunk.generation = head.generation;
    table.replace(chunk);
    if (head.latest == found) {
      head.latest = chunk;
    }
    if (head.oldestChunk == found) {
      head.oldestChunk = chunk;
    }
    return chunk;
  }

  /** Puts a new chunk at an address. */
  void add(long address, Chunk chunk) {
    chunk.address = address;
    chunk.unsaved = true;
    chunk.generation = head.generation;
    table.add(chunk);
  }

  void remove(long address) throws Exception {
    if (isAt(head.latest, address)) {
      head.latest = null;
    }
    if (isAt(head.oldestChunk, address)) {
      head.oldestChunk = null;
    }
    table.remove(address);
    if (head.spilled) {
      store.remove(address);
    }
  }

  /** Everything is gone; the caller has removed all that was in the store. */
  void cleared() {
    forgetHints();
    head.tiles = 0;
    table.clear();
    head.spilled = false;
  }

  private void forgetHints() {
    head.latest = null;
    head.oldestChunk = null;
  }

  private static boolean isAt(Chunk chunk, long address) {
    return chunk != null && chunk.address == address;
  }

  /** Writes what was changed, if that is not written with the head. */
  void save() throws Exception {
    if (store.live() || !head.spread || (!head.spilled && head.tiles <= TILES_IN_HEAD)) {
      return;
    }
    boolean allNew = !head.spilled;
    head.spilled = true;
    for (Chunk chunk : table.toArray()) {
      if (allNew || chunk.unsaved) {
        store.put(chunk.address, chunk);
        chunk.unsaved = false;
      }
    }
  }
}
