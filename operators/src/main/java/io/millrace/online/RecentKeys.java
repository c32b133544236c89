package io.millrace.online;

import java.util.Arrays;

/**
 * Which keys were seen lately, in 2 MB whatever their number: a table with one 64-bit hash per
 * slot, where a key drives out another one of the same slot. A key may be forgotten early; that one
 * is taken for seen that was not has a chance of 2^-64 times the keys.
 */
final class RecentKeys {

  private static final int SLOTS = 1 << 18;

  private long[] hashes;

  /** Remembers a key; whether it was there already. */
  boolean add(byte[] key) {
    if (hashes == null) {
      hashes = new long[SLOTS];
    }
    long hash = hash(key);
    int slot = (int) hash & SLOTS - 1;
    boolean seen = hashes[slot] == hash;
    hashes[slot] = hash;
    return seen;
  }

  void remove(byte[] key) {
    long hash = hash(key);
    int slot = (int) hash & SLOTS - 1;
    if (hashes != null && hashes[slot] == hash) {
      hashes[slot] = 0;
    }
  }

  /** FNV-1a, finished as in splitmix64 so that the low bits depend on all of the key. */
  private static long hash(byte[] key) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : key) {
      hash = (hash ^ each) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
    hash ^= hash >>> 31;
    return hash == 0 ? 1 : hash;
  }

  @Override
  public String toString() {
    return hashes == null ? "none" : Arrays.stream(hashes).filter(hash -> hash != 0).count() + "";
  }
}
