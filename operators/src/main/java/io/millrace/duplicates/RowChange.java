package io.millrace.duplicates;

/**
 * A row that is there, or is not any more. A Flink POJO.
 *
 * @param tenant whose row it is, or was
 * @param row null when gone
 */
public record RowChange(String id, String tenant, CandidateRow row) {

  boolean isGone() {
    return row == null;
  }
}
