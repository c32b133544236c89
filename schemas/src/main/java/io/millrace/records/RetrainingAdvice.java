package io.millrace.records;

import java.util.List;

/**
 * Whether a model that is fed by a monitored stream should be trained anew. The newest advice of a
 * monitor is the one that holds.
 *
 * @param reason for people
 * @param sinceMillis since when: onset of the drift, or when the metric began to fall; epoch millis
 * @param atMillis event time of what led to the advice
 * @param columns drifted columns, greatest effect first
 */
public record RetrainingAdvice(
    String monitor,
    boolean shouldRetrain,
    Cause cause,
    String reason,
    long sinceMillis,
    long atMillis,
    List<DriftedColumn> columns) {

  public RetrainingAdvice {
    columns = List.copyOf(columns);
  }

  /** What led to the advice. */
  public enum Cause {
    /** The data drifted. */
    DATA_DRIFT,
    /** The model's measured loss rose. */
    PERFORMANCE,
    /** Both. */
    DATA_DRIFT_AND_PERFORMANCE,
    /** Neither any more. */
    RECOVERED
  }
}
