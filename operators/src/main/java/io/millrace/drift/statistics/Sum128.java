package io.millrace.drift.statistics;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A sum of longs in 128 bits, two's complement. Unlike a sum of doubles it does not depend on the
 * order of its terms, and a term can be taken out again without a trace. NOT thread safe.
 */
final class Sum128 {
  private static final double TWO_64 = 0x1p64;

  private long high;
  private long low;

  void add(long value) {
    addWords(value >> 63, value);
  }

  void add(Sum128 other) {
    addWords(other.high, other.low);
  }

  void subtract(Sum128 other) {
    long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
    low -= other.low;
    high -= other.high + borrow;
  }

  /** Adds {@code value} as often as said; a negative number takes it out. */
  void addTimes(long value, long times) {
    addWords(Math.multiplyHigh(value, times), value * times);
  }

  private void addWords(long otherHigh, long otherLow) {
    low += otherLow;
    long carry = Long.compareUnsigned(low, otherLow) < 0 ? 1 : 0;
    high += otherHigh + carry;
  }

  /** The nearest double, but for one rounding more. */
  double toDouble() {
    if (high == low >> 63) {
      return low;
    }
    double lowPart = (low >>> 1) * 2.0 + (low & 1);
    return high * TWO_64 + lowPart;
  }

  void write(DataOutputView out) throws IOException {
    VarLong.writeSigned(high, out);
    VarLong.writeSigned(low, out);
  }

  static Sum128 read(DataInputView in) throws IOException {
    Sum128 sum = new Sum128();
    sum.high = VarLong.readSigned(in);
    sum.low = VarLong.readSigned(in);
    return sum;
  }
}
