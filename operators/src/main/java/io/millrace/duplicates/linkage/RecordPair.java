package io.millrace.duplicates.linkage;

/**
 * Two different records, the one with the smaller id first, so that a pair has one name.
 *
 * @see #of
 */
public record RecordPair(String first, String second) implements Comparable<RecordPair> {
  public RecordPair {
    if (first.compareTo(second) >= 0) {
      throw new IllegalArgumentException(
          "the ids of a pair must ascend, but " + first + " is not before " + second);
    }
  }

  /** The pair of two different ids in any order. */
  public static RecordPair of(String a, String b) {
    return a.compareTo(b) < 0 ? new RecordPair(a, b) : new RecordPair(b, a);
  }

  @Override
  public int compareTo(RecordPair other) {
    int order = first.compareTo(other.first);
    return order != 0 ? order : second.compareTo(other.second);
  }
}
