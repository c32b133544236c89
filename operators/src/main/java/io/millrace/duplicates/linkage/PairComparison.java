package io.millrace.duplicates.linkage;

import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How far two records agree, field by field: all that a {@link MatchModel} needs to judge the pair,
 * now or again when it has learned more. Holds no value of the records, only hashes of those that
 * are equal.
 *
 * <p>Some 10 bytes a field.
 */
public final class PairComparison {
  private static final int FORMAT = 1;

  private final byte[] levels;
  private final long[] agreed;
  private final long selecting;

  /**
   * @param levels of each field, {@link Comparison#MISSING} where a value is missing
   * @param agreed of each field whose values are equal a hash of the value, 0 for others
   * @param selecting bit {@code i} is set when every blocking key by which the pair was found needs
   *     field {@code i} to agree: it then says nothing about how often matches agree there
   */
  PairComparison(byte[] levels, long[] agreed, long selecting) {
    this.levels = levels;
    this.agreed = agreed;
    this.selecting = selecting;
  }

  /** The level of agreement of a field, {@link Comparison#MISSING} when a value is missing. */
  public int level(int field) {
    return levels[field];
  }

  public int fields() {
    return levels.length;
  }

  long agreed(int field) {
    return agreed[field];
  }

  boolean isSelectedBy(int field) {
    return (selecting >>> field & 1) != 0;
  }

  PairComparison withLevel(int field, int level) {
    byte[] changed = levels.clone();
    changed[field] = (byte) level;
    return new PairComparison(changed, agreed, selecting);
  }

  /** The levels and what selected them, for counting pairs that look the same. */
  PairPattern pattern() {
    return new PairPattern(levels, selecting);
  }

  /**
   * Writes {@code u8 format | u8 fields | i8 level of each | u64 selecting | u64 hash of each field
   * of level 0}.
   */
  public void write(DataOutputView out) throws IOException {
    out.writeByte(FORMAT);
    out.writeByte(levels.length);
    out.write(levels);
    out.writeLong(selecting);
    for (int field = 0; field < levels.length; field++) {
      if (levels[field] == 0) {
        out.writeLong(agreed[field]);
      }
    }
  }

  public static PairComparison read(DataInputView in) throws IOException {
    int format = in.readUnsignedByte();
    if (format != FORMAT) {
      throw new IOException("a comparison of format " + format + ", but " + FORMAT + " is known");
    }
    byte[] levels = new byte[in.readUnsignedByte()];
    in.readFully(levels);
    long selecting = in.readLong();
    long[] agreed = new long[levels.length];
    for (int field = 0; field < levels.length; field++) {
      if (levels[field] == 0) {
        agreed[field] = in.readLong();
      }
    }
    return new PairComparison(levels, agreed, selecting);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PairComparison that
        && selecting == that.selecting
        && Arrays.equals(levels, that.levels)
        && Arrays.equals(agreed, that.agreed);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(levels) + Arrays.hashCode(agreed)) + Long.hashCode(selecting);
  }

  @Override
  public String toString() {
    return "PairComparison" + Arrays.toString(levels);
  }
}
