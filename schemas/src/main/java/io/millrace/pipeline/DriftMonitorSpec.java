package io.millrace.pipeline;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A drift monitor as written: columns of one source or feature view, held window by window against
 * a reference.
 *
 * @param input name of the source or view
 * @param inputIsView whether {@code input} is a feature view: what a model is fed
 * @param window length of a window
 * @param step time from one window's start to the next; equal to the window when windows tumble.
 *     Windows start at multiples of it since 1970-01-01T00:00Z
 * @param columns those to watch, in file order; empty: all that are suited
 * @param segments windows are also looked at per value of a column
 */
public record DriftMonitorSpec(
    String name,
    String input,
    boolean inputIsView,
    Duration window,
    Duration step,
    DriftReference reference,
    List<Column> columns,
    Optional<Segments> segments,
    Alarm alarm) {

  public DriftMonitorSpec {
    columns = List.copyOf(columns);
  }

  /**
   * A watched column.
   *
   * @param statistics that take part in the decision; empty: the usual ones for its type
   */
  public record Column(String name, List<DriftStatistic> statistics) {

    public Column {
      statistics = List.copyOf(statistics);
    }
  }

  /**
   * @param limit most values that are looked at, those with most rows first; rows of others only
   *     count in the whole
   */
  public record Segments(String by, int limit) {}

  /**
   * When drift is an alarm.
   *
   * @param psi population stability index from which on a significant difference is drift; the
   *     thresholds of the other statistics are those of the same shift
   * @param pValue significance, after Benjamini-Hochberg over all columns and statistics of a
   *     window
   * @param shareOfColumns share of the compared columns that must have drifted
   * @param consecutiveWindows drifted windows in a row that raise the alarm, and windows without
   *     drift in a row that end it
   * @param minRows windows with fewer rows are not compared
   */
  public record Alarm(
      double psi, double pValue, double shareOfColumns, int consecutiveWindows, long minRows)
      implements Serializable {}
}
