package io.millrace.features;

import java.util.function.BiConsumer;

/** Where the chunks of the current key rest when they do not rest in its head. */
interface ChunkStore {

  /** The chunk at an address, or null. */
  Chunk get(long address) throws Exception;

  void put(long address, Chunk chunk) throws Exception;

  void remove(long address) throws Exception;

  /** Hands over all chunks by address and keeps none. */
  void takeAll(BiConsumer<Long, Chunk> taker) throws Exception;

  /**
   * Whether heads are kept as objects: what is changed in them need not be written, and chunks are
   * best kept there too.
   */
  boolean live();
}
