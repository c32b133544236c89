package io.millrace.features;

/**
 * A set of chunk numbers that lie within a span, kept in a ring of bits: number {@code c} is bit
 * {@code c mod 64*words}. The caller keeps the span below the ring's size.
 */
final class TileRing {
  /** No such number. */
  static final long NONE = Long.MAX_VALUE;

  private TileRing() {}

  /** Words for numbers that span at most so many, a power of two. */
  static int wordsFor(long span) {
    long words = (span + 63) >> 6;
    return (int) (words <= 1 ? 1 : Long.highestOneBit(words - 1) << 1);
  }

  static void add(long[] ring, long number) {
    ring[word(ring, number)] |= 1L << number;
  }

  static void remove(long[] ring, long number) {
    ring[word(ring, number)] &= ~(1L << number);
  }

  static boolean contains(long[] ring, long number) {
    return (ring[word(ring, number)] >>> number & 1) != 0;
  }

  /** The smallest number in {@code [from, to]}, or {@link #NONE}. Cost: one step per 64 numbers. */
  static long next(long[] ring, long from, long to) {
    long number = from;
    while (number <= to) {
      long rest = ring[word(ring, number)] >>> number;
      if (rest != 0) {
        long found = number + Long.numberOfTrailingZeros(rest);
        return found <= to ? found : NONE;
      }
      number = (number | 63) + 1;
    }
    return NONE;
  }

  private static int word(long[] ring, long number) {
    return (int) (number >> 6) & (ring.length - 1);
  }
}
