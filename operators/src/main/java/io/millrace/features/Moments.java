package io.millrace.features;

import org.apache.flink.types.RowKind;

/**
 * Points in the order in which an entity's rows and questions are taken in by a batch execution,
 * which sorts by one number: the event time, and within a millisecond a rank. Questions come last,
 * because the rows of their own millisecond count.
 */
final class Moments {
  private static final int RANKS = 4;

  static final int FIRST = 0;
  static final int SECOND = 1;
  static final int QUESTION = 2;

  private Moments() {}

  /**
   * @param timeMillis a time as of {@link Hops#isTime}
   */
  static long at(long timeMillis, int rank) {
    return timeMillis * RANKS + rank;
  }

  static long timeMillis(long moment) {
    return Math.floorDiv(moment, RANKS);
  }

  /** Whether a row takes back one that was added before. */
  static boolean isTakenBack(RowKind kind) {
    return kind == RowKind.UPDATE_BEFORE || kind == RowKind.DELETE;
  }
}
