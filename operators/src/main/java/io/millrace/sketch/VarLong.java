package io.millrace.sketch;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Unsigned longs, seven bits a byte, lowest first; the top bit says that more follow. */
public final class VarLong {
  private VarLong() {}

  public static void write(long value, DataOutputView out) throws IOException {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  public static long read(DataInputView in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.readByte();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("variable-length number of more than 64 bits");
  }

  /** Signed numbers, small magnitudes short. */
  public static void writeSigned(long value, DataOutputView out) throws IOException {
    write((value << 1) ^ (value >> 63), out);
  }

  public static long readSigned(DataInputView in) throws IOException {
    long raw = read(in);
    return (raw >>> 1) ^ -(raw & 1);
  }
}
