package io.millrace.drift;

import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.records.Alert;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The alarm of one monitor and segment, window by window: it opens after so many drifted windows in
 * a row and ends after as many without drift, so one drift is one alarm however it wavers. Windows
 * of the baseline and with too few rows say nothing and change nothing.
 *
 * <p>Immutable, and a Flink POJO.
 *
 * @param drifting drifted windows in a row
 * @param calm windows without drift in a row, while the alarm is open
 * @param windows drifted windows since the onset
 * @param onsetMillis start of the first drifted window of the row; -1 without one
 * @param severity the highest since the onset
 * @param worst the columns of the window with the greatest effect since the onset
 */
public record AlarmTrack(
    int drifting,
    int calm,
    int windows,
    boolean open,
    long onsetMillis,
    Alert.Severity severity,
    List<DriftedColumn> worst) {

  static final AlarmTrack QUIET =
      new AlarmTrack(0, 0, 0, false, -1, Alert.Severity.WARNING, List.of());

  public AlarmTrack {
    worst = List.copyOf(worst);
  }

  /** A track after a window, and what is to be said because of it. */
  record Step(AlarmTrack track, Optional<Alert> alert) {}

  DriftSummary.AlarmState state() {
    return open
        ? DriftSummary.AlarmState.OPEN
        : drifting > 0 ? DriftSummary.AlarmState.PENDING : DriftSummary.AlarmState.QUIET;
  }

  /**
   * The track after a window.
   *
   * @param window decided; its alarm state is not looked at
   */
  Step next(DriftSummary window, DriftMonitorSpec.Alarm alarm) {
    if (window.outcome() == DriftOutcome.DRIFT) {
      return drifted(window, alarm);
    }
    if (window.outcome() != DriftOutcome.STABLE || this.equals(QUIET)) {
      return new Step(this, Optional.empty());
    }
    if (!open) {
      return new Step(QUIET, Optional.empty());
    }
    if (calm + 1 < alarm.consecutiveWindows()) {
      return new Step(
          new AlarmTrack(0, calm + 1, windows, true, onsetMillis, severity, worst),
          Optional.empty());
    }
    return new Step(QUIET, Optional.of(alert(window, Alert.State.RESOLVED)));
  }

  private Step drifted(DriftSummary window, DriftMonitorSpec.Alarm alarm) {
    long onset = onsetMillis == -1 ? window.windowStartMillis() : onsetMillis;
    Alert.Severity now = severity(window);
    Alert.Severity highest = now.compareTo(severity) > 0 ? now : severity;
    List<DriftedColumn> columns =
        worst.isEmpty() || window.drifted().get(0).strength() > worst.get(0).strength()
            ? window.drifted()
            : worst;
    boolean opens = !open && drifting + 1 >= alarm.consecutiveWindows();
    AlarmTrack track =
        new AlarmTrack(drifting + 1, 0, windows + 1, open || opens, onset, highest, columns);
    boolean worse = open && highest != severity;
    return new Step(
        track,
        opens || worse ? Optional.of(track.alert(window, Alert.State.OPEN)) : Optional.empty());
  }

  private static Alert.Severity severity(DriftSummary window) {
    boolean critical =
        window.drifted().get(0).strength() >= 2
            || 2 * window.drifted().size() > window.compared() && window.drifted().size() > 1;
    return critical ? Alert.Severity.CRITICAL : Alert.Severity.WARNING;
  }

  private Alert alert(DriftSummary window, Alert.State state) {
    Instant onset = Instant.ofEpochMilli(onsetMillis);
    Instant end = Instant.ofEpochMilli(window.windowEndMillis());
    String where = window.monitor() + (window.segment().isEmpty() ? "" : ", " + window.segment());
    String message =
        state == Alert.State.OPEN
            ? "%s: %s since %s".formatted(where, text(worst), onset)
            : "%s: as the reference again by %s, after a drift since %s"
                .formatted(where, end, onset);
    return new Alert(
        window.monitor() + "/" + window.segment() + "/" + onset,
        window.monitor(),
        window.segment(),
        state,
        severity,
        onsetMillis,
        window.windowEndMillis(),
        windows,
        worst,
        message);
  }

  /** For people: each column with the statistic that shows it most clearly. */
  static String text(List<DriftedColumn> columns) {
    return columns.stream()
            .map(
                column ->
                    String.format(
                        Locale.ROOT,
                        "%s (%s %.2f)",
                        column.column(),
                        column.statistic(),
                        column.value()))
            .collect(Collectors.joining(", "))
        + (columns.size() == 1 ? " has drifted" : " have drifted");
  }
}
