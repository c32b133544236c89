package io.millrace.features;

import java.util.Arrays;

/**
 * The chunks of the current key that the engine works on, so that each is read and written at most
 * once per event. In a live store they stay at hand from one event of the key to the next.
 *
 * <p>NOT thread safe.
 */
final class NearChunks {
  /** Place of the chunk that takes in rows. */
  static final int ADDING = 0;

  private final StateShape shape;
  private ChunkStore store;
  private Chunk[] near;

  NearChunks(StateShape shape) {
    this.shape = shape;
  }

  /** Place of the chunk from which a window loses tiles. */
  static int leaving(int window) {
    return 1 + window;
  }

  /** Place of the chunk that a rebuild looks at. */
  static int visiting(StateShape shape) {
    return 1 + shape.windows();
  }

  static int places(StateShape shape) {
    return 2 + shape.windows();
  }

  void open(Head head, ChunkStore of) {
    near = head.near;
    store = of;
  }

  /** The chunk at an address, or null. */
  Chunk find(long address, int place) throws Exception {
    Chunk at = near[place];
    if (at != null && at.address == address) {
      return at;
    }
    Chunk chunk = atHand(address);
    if (chunk == null) {
      chunk = store.get(address);
      if (chunk == null) {
        return null;
      }
      chunk.address = address;
      if (chunk.shape() != shape) {
        chunk = chunk.remap(shape);
        chunk.unsaved = true;
      }
    }
    place(chunk, place);
    return chunk;
  }

  /** Puts a new chunk at an address. */
  Chunk add(long address, Chunk chunk, int place) throws Exception {
    chunk.address = address;
    chunk.unsaved = true;
    place(chunk, place);
    return chunk;
  }

  /** To be called after each change of a chunk. */
  void changed(Chunk chunk) {
    if (!store.live()) {
      chunk.unsaved = true;
    }
  }

  void remove(long address) throws Exception {
    for (int i = 0; i < near.length; i++) {
      if (near[i] != null && near[i].address == address) {
        near[i] = null;
      }
    }
    store.remove(address);
  }

  /** Writes what was changed. */
  void close() throws Exception {
    boolean live = store.live();
    for (int i = 0; i < near.length; i++) {
      if (near[i] != null) {
        save(near[i]);
        if (!live) {
          near[i] = null;
        }
      }
    }
    near = null;
    store = null;
  }

  /** Forgets all chunks; the caller has removed them from the store. */
  void forget() {
    Arrays.fill(near, null);
  }

  private Chunk atHand(long address) {
    for (Chunk chunk : near) {
      if (chunk != null && chunk.address == address) {
        return chunk;
      }
    }
    return null;
  }

  private void place(Chunk chunk, int place) throws Exception {
    Chunk leaves = near[place];
    if (leaves != null && leaves != chunk) {
      save(leaves);
    }
    near[place] = chunk;
  }

  private void save(Chunk chunk) throws Exception {
    if (chunk.unsaved) {
      store.put(chunk.address, chunk);
      chunk.unsaved = false;
    }
  }
}
