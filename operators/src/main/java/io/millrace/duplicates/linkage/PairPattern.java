package io.millrace.duplicates.linkage;

import java.util.Arrays;

/** Pairs that agree equally far in all fields, and were found by the same kind of keys. */
final class PairPattern implements Comparable<PairPattern> {
  final byte[] levels;
  final long selecting;

  PairPattern(byte[] levels, long selecting) {
    this.levels = levels;
    this.selecting = selecting;
  }

  @Override
  public int compareTo(PairPattern other) {
    int order = Arrays.compare(levels, other.levels);
    return order != 0 ? order : Long.compareUnsigned(selecting, other.selecting);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PairPattern that
        && selecting == that.selecting
        && Arrays.equals(levels, that.levels);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(levels) + Long.hashCode(selecting);
  }
}
