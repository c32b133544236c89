package io.millrace.features.kernel;

import java.math.BigInteger;

/**
 * Two's complement integers of several words in a long array, least significant word first. Sums of
 * integers are kept in them, exactly.
 */
final class Wide {
  private Wide() {}

  /** Adds a signed long to {@code width} words. */
  static void add(long[] words, int at, int width, long value) {
    add(words, at, width, value, value >> 63);
  }

  /** Adds a signed number of 128 bits to {@code width} words. */
  static void add(long[] words, int at, int width, long low, long high) {
    long sign = high >> 63;
    long carry = 0;
    for (int i = 0; i < width; i++) {
      long addend = i == 0 ? low : i == 1 ? high : sign;
      long sum = words[at + i] + addend;
      long carried = sum + carry;
      carry = carryOut(words[at + i], addend, sum) | carryOut(sum, carry, carried);
      words[at + i] = carried;
    }
  }

  /** Subtracts a signed number of 128 bits from {@code width} words. */
  static void subtract(long[] words, int at, int width, long low, long high) {
    long sign = high >> 63;
    long borrow = 0;
    for (int i = 0; i < width; i++) {
      long subtrahend = i == 0 ? low : i == 1 ? high : sign;
      long difference = words[at + i] - subtrahend;
      long borrowed = difference - borrow;
      borrow =
          (Long.compareUnsigned(words[at + i], subtrahend) < 0 ? 1 : 0)
              | (Long.compareUnsigned(difference, borrow) < 0 ? 1 : 0);
      words[at + i] = borrowed;
    }
  }

  /** Adds {@code width} words to as many others. */
  static void addWords(long[] words, int at, int width, long[] other, int otherAt) {
    long carry = 0;
    for (int i = 0; i < width; i++) {
      long addend = other[otherAt + i];
      long sum = words[at + i] + addend;
      long carried = sum + carry;
      carry = carryOut(words[at + i], addend, sum) | carryOut(sum, carry, carried);
      words[at + i] = carried;
    }
  }

  /** Subtracts {@code width} words from as many others. */
  static void subtractWords(long[] words, int at, int width, long[] other, int otherAt) {
    long borrow = 0;
    for (int i = 0; i < width; i++) {
      long minuend = words[at + i];
      long difference = minuend - other[otherAt + i];
      long borrowed = difference - borrow;
      borrow =
          (Long.compareUnsigned(minuend, other[otherAt + i]) < 0 ? 1 : 0)
              | (Long.compareUnsigned(difference, borrow) < 0 ? 1 : 0);
      words[at + i] = borrowed;
    }
  }

  /** Adds a number that fits into {@code width} words. */
  static void add(long[] words, int at, int width, BigInteger value) {
    addWords(words, at, width, wordsOf(value, width), 0);
  }

  /** Subtracts a number that fits into {@code width} words. */
  static void subtract(long[] words, int at, int width, BigInteger value) {
    subtractWords(words, at, width, wordsOf(value, width), 0);
  }

  static BigInteger toBigInteger(long[] words, int at, int width) {
    byte[] bytes = new byte[width * Long.BYTES];
    for (int i = 0; i < width; i++) {
      long word = words[at + width - 1 - i];
      for (int b = 0; b < Long.BYTES; b++) {
        bytes[i * Long.BYTES + b] = (byte) (word >> (56 - 8 * b));
      }
    }
    return new BigInteger(bytes);
  }

  private static long[] wordsOf(BigInteger value, int width) {
    long[] words = new long[width];
    BigInteger rest = value;
    for (int i = 0; i < width; i++) {
      words[i] = rest.longValue();
      rest = rest.shiftRight(Long.SIZE);
    }
    return words;
  }

  private static long carryOut(long left, long right, long sum) {
    return ((left & right) | ((left | right) & ~sum)) >>> 63;
  }
}
