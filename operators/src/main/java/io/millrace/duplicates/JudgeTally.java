package io.millrace.duplicates;

/**
 * How much a tenant's judge has before it. A Flink POJO.
 *
 * @param rows that are there
 * @param pairs that are to be judged
 * @param estimatedAt both together when weights were last estimated
 * @param unsettled whether something changed since pairs were last judged all together
 * @param changedAtMillis processing time of the last change
 */
public record JudgeTally(
    long rows, long pairs, long estimatedAt, boolean unsettled, long changedAtMillis) {

  static final JudgeTally NEW = new JudgeTally(0, 0, 0, false, 0);

  private static final long FIRST_ESTIMATE = 50;
  private static final double GROWTH = 1.25;

  JudgeTally changed(int moreRows, int morePairs, long nowMillis) {
    return new JudgeTally(rows + moreRows, pairs + morePairs, estimatedAt, true, nowMillis);
  }

  JudgeTally estimated() {
    return new JudgeTally(rows, pairs, rows + pairs, unsettled, changedAtMillis);
  }

  JudgeTally settled() {
    return new JudgeTally(rows, pairs, estimatedAt, false, changedAtMillis);
  }

  /** Whether there is a quarter more than at the last estimate: the total cost stays linear. */
  boolean isEstimateDue() {
    return rows + pairs >= Math.max(FIRST_ESTIMATE, (long) (estimatedAt * GROWTH));
  }
}
