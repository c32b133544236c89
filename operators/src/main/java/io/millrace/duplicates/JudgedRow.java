package io.millrace.duplicates;

/**
 * A row that the judge knows. A Flink POJO.
 *
 * @param isThere whether it was announced and is not gone; pairs may come first and leave last
 * @param pairs of which it is part
 */
public record JudgedRow(CandidateRow row, boolean isThere, int pairs) {

  JudgedRow with(CandidateRow newer) {
    return newer.version() >= row.version() ? new JudgedRow(newer, isThere, pairs) : this;
  }

  JudgedRow there(boolean there) {
    return new JudgedRow(row, there, pairs);
  }

  JudgedRow withPairs(int count) {
    return new JudgedRow(row, isThere, count);
  }

  boolean isNeeded() {
    return isThere || pairs > 0;
  }
}
