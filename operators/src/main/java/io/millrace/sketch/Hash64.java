package io.millrace.sketch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Hashes of 64 bits that are part of the state's format: another function would count values twice
 * after a restore. Not for use against an adversary.
 */
public final class Hash64 {
  private static final long MURMUR = 0xC6A4A7935BD1E995L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Hash64() {}

  /** A bijection: different longs have different hashes (the finalizer of SplitMix64). */
  public static long of(long value) {
    long hash = value + 0x9E3779B97F4A7C15L;
    hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
    hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
    return hash ^ (hash >>> 31);
  }

  /** MurmurHash64A of Austin Appleby, seed 0. */
  public static long of(byte[] bytes) {
    long hash = bytes.length * MURMUR;
    int blocks = bytes.length & ~7;
    for (int i = 0; i < blocks; i += 8) {
      long block = (long) LONGS.get(bytes, i) * MURMUR;
      block = (block ^ (block >>> 47)) * MURMUR;
      hash = (hash ^ block) * MURMUR;
    }
    if (blocks < bytes.length) {
      long rest = 0;
      for (int i = bytes.length - 1; i >= blocks; i--) {
        rest = (rest << 8) | (bytes[i] & 0xFF);
      }
      hash = (hash ^ rest) * MURMUR;
    }
    hash = (hash ^ (hash >>> 47)) * MURMUR;
    return hash ^ (hash >>> 47);
  }
}
