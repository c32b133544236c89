package io.millrace.records;

import java.util.List;

/**
 * All columns of one window together: the decision about the data set.
 *
 * @param segment value of the segment column; empty: all rows
 * @param windowStartMillis start of the window, epoch millis, inclusive
 * @param windowEndMillis end of the window, exclusive
 * @param rows of the window
 * @param late rows of the monitor that came after their window was closed and count in no window;
 *     those since the summary before
 * @param columns that are watched
 * @param compared columns with enough rows and a reference
 * @param drifted the columns that drifted, greatest effect first
 * @param alarm state of the monitor's alarm after this window
 * @param onsetMillis start of the first window of the drift; -1 without drift
 */
public record DriftSummary(
    String monitor,
    String segment,
    long windowStartMillis,
    long windowEndMillis,
    DriftOutcome outcome,
    String reason,
    String reference,
    long rows,
    long late,
    int columns,
    int compared,
    List<DriftedColumn> drifted,
    AlarmState alarm,
    long onsetMillis) {

  public DriftSummary {
    drifted = List.copyOf(drifted);
  }

  /** Where the alarm of a monitor stands. */
  public enum AlarmState {
    QUIET,
    /** Windows have drifted, but not yet as many in a row as the alarm asks for. */
    PENDING,
    OPEN
  }
}
