package io.millrace.formats;

import java.io.EOFException;
import java.io.IOException;

/**
 * Reads Avro's binary encoding (specification 1.12, "Binary Encoding") from memory. Lengths are
 * held against what is left before anything is allocated, so no bytes can ask for more memory than
 * they have themselves. NOT thread safe.
 */
final class AvroBytes {

  private byte[] bytes;
  private int at;

  /** Begins to read a record. */
  void begin(byte[] record, int offset) {
    bytes = record;
    at = offset;
  }

  int left() {
    return bytes.length - at;
  }

  boolean readBoolean() throws IOException {
    int value = next();
    if (value > 1) {
      throw new IOException("byte " + value + " where a boolean is expected at " + (at - 1));
    }
    return value == 1;
  }

  int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new IOException(value + " where an int is expected before byte " + at);
    }
    return (int) value;
  }

  /** Zigzag in groups of seven bits, the lowest first; at most ten bytes. */
  long readLong() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int group = next();
      value |= (long) (group & 0x7f) << shift;
      if (group < 0x80) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new IOException("a number of more than ten bytes before byte " + at);
  }

  float readFloat() throws IOException {
    return Float.intBitsToFloat((int) littleEndian(Float.BYTES));
  }

  double readDouble() throws IOException {
    return Double.longBitsToDouble(littleEndian(Double.BYTES));
  }

  private long littleEndian(int size) throws IOException {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) next() << (8 * i);
    }
    return value;
  }

  /** Length of what follows: a string or bytes. */
  int readLength() throws IOException {
    long length = readLong();
    if (length < 0 || length > left()) {
      throw new IOException(
          "a value of " + length + " bytes where " + left() + " are left at byte " + at);
    }
    return (int) length;
  }

  /** Position of the next {@code length} bytes in {@link #array()}, which are passed over. */
  int skip(int length) throws IOException {
    if (length > left()) {
      throw new EOFException("the record ends too early");
    }
    int from = at;
    at += length;
    return from;
  }

  byte[] array() {
    return bytes;
  }

  private int next() throws IOException {
    if (at == bytes.length) {
      throw new EOFException("the record ends too early");
    }
    return bytes[at++] & 0xff;
  }
}
