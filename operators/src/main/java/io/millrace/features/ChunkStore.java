package io.millrace.features;

/** Where the chunks of the current key rest. */
interface ChunkStore {

  /** The chunk at an address, or null. */
  Chunk get(long address) throws Exception;

  void put(long address, Chunk chunk) throws Exception;

  void remove(long address) throws Exception;

  /**
   * Whether chunks stay the stored objects themselves: what was put or got need not be put again
   * after a change, as long as the key's head is still the same object.
   */
  boolean live();
}
