package io.millrace.records;

import java.util.List;

/**
 * An alarm over a monitor. One drift is one alarm: the record that opens it, those that raise its
 * severity and the one that resolves it have the same id, so that in the compacted topic the newest
 * one stands.
 *
 * @param id {@code <monitor>/<segment>/<onset>}: the same however often it is computed
 * @param segment value of the segment column; empty: all rows
 * @param onsetMillis start of the first window that drifted, epoch millis
 * @param atMillis end of the window that this record is about
 * @param windows drifted windows since the onset
 * @param columns greatest effect first; of a resolved alarm those that had drifted at its worst
 * @param message for people
 */
public record Alert(
    String id,
    String monitor,
    String segment,
    State state,
    Severity severity,
    long onsetMillis,
    long atMillis,
    int windows,
    List<DriftedColumn> columns,
    String message) {

  public Alert {
    columns = List.copyOf(columns);
  }

  /** Whether the drift lasts. */
  public enum State {
    OPEN,
    RESOLVED
  }

  /** How far things have drifted. */
  public enum Severity {
    WARNING,
    /** Some column drifted by twice its threshold or more, or more than half of all columns did. */
    CRITICAL
  }
}
