package io.millrace.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.records.Alert;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.RetrainingAdvice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a report shows: every window of every monitor in outline, and one window of each in full.
 * Built from the records of the drift and alerts topics in any order; of records that replace each
 * other the last one counts.
 */
public final class DriftReport {
  /** Columns first that drifted, then those that might have. */
  private static final Comparator<DriftResult> WORST_FIRST =
      Comparator.<DriftResult>comparingInt(result -> rank(result.outcome()))
          .thenComparing(Comparator.comparingDouble(DriftReport::strength).reversed())
          .thenComparing(DriftResult::column);

  private record Place(long startMillis, String segment) {}

  private static final class Monitor {
    final Map<Place, DriftSummary> windows = new LinkedHashMap<>();
    final Map<Place, Map<String, DriftResult>> columns = new LinkedHashMap<>();
    final Map<String, Alert> alerts = new LinkedHashMap<>();
    RetrainingAdvice advice;
  }

  private final String title;
  private final String subtitle;
  private final Instant wanted;
  private final Map<String, Monitor> monitors = new TreeMap<>();

  /**
   * @param window the window to show in full is the one that holds this instant; null: the newest
   *     one that drifted, or the newest
   */
  public DriftReport(String title, String subtitle, Instant window) {
    this.title = title;
    this.subtitle = subtitle;
    this.wanted = window;
  }

  private Monitor monitor(String name) {
    return monitors.computeIfAbsent(name, unknown -> new Monitor());
  }

  public void add(DriftResult result) {
    monitor(result.monitor())
        .columns
        .computeIfAbsent(
            new Place(result.windowStartMillis(), result.segment()), place -> new TreeMap<>())
        .put(result.column(), result);
  }

  public void add(DriftSummary summary) {
    monitor(summary.monitor())
        .windows
        .put(new Place(summary.windowStartMillis(), summary.segment()), summary);
  }

  public void add(Alert alert) {
    monitor(alert.monitor()).alerts.put(alert.id(), alert);
  }

  public void add(RetrainingAdvice advice) {
    monitor(advice.monitor()).advice = advice;
  }

  /** The names of the monitors that have a window. */
  public List<String> monitors() {
    return monitors.entrySet().stream()
        .filter(entry -> selected(entry.getValue()).isPresent())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Start of the window that is shown in full. */
  public Optional<Instant> window(String monitor) {
    return Optional.ofNullable(monitors.get(monitor))
        .flatMap(this::selected)
        .map(summary -> Instant.ofEpochMilli(summary.windowStartMillis()));
  }

  private static List<DriftSummary> allRows(Monitor monitor) {
    return monitor.windows.values().stream()
        .filter(summary -> summary.segment().isEmpty())
        .sorted(Comparator.comparingLong(DriftSummary::windowStartMillis))
        .toList();
  }

  private Optional<DriftSummary> selected(Monitor monitor) {
    List<DriftSummary> windows = allRows(monitor);
    if (wanted != null) {
      long at = wanted.toEpochMilli();
      return windows.stream()
          .filter(window -> window.windowStartMillis() <= at && at < window.windowEndMillis())
          .reduce((first, second) -> second);
    }
    return windows.stream()
        .max(
            Comparator.<DriftSummary>comparingInt(window -> -rank(window.outcome()))
                .thenComparing(DriftSummary::windowStartMillis));
  }

  private static int rank(DriftOutcome outcome) {
    return switch (outcome) {
      case DRIFT -> 0;
      case STABLE -> 1;
      case INSUFFICIENT_DATA -> 2;
      case BASELINE -> 3;
    };
  }

  private static double strength(DriftResult result) {
    return result.statistics().stream()
        .filter(statistic -> statistic.threshold() > 0)
        .mapToDouble(statistic -> statistic.effect() / statistic.threshold())
        .filter(Double::isFinite)
        .max()
        .orElse(0);
  }

  /** The report as JSON: times in epoch millis, figures that do not exist as null. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("title", title);
    json.put("subtitle", subtitle);
    ArrayNode array = json.putArray("monitors");
    monitors.forEach(
        (name, monitor) ->
            selected(monitor).ifPresent(window -> add(array, name, monitor, window)));
    return json;
  }

  private static void add(ArrayNode array, String name, Monitor monitor, DriftSummary selected) {
    ObjectNode json = array.addObject();
    json.put("monitor", name);
    json.put("selected", selected.windowStartMillis());
    if (monitor.advice != null) {
      json.set("advice", ReportJson.advice(monitor.advice));
    }
    ArrayNode alerts = json.putArray("alerts");
    monitor.alerts.values().stream()
        .sorted(Comparator.comparingLong(Alert::onsetMillis).reversed())
        .forEach(alert -> alerts.add(ReportJson.alert(alert)));
    ArrayNode windows = json.putArray("windows");
    allRows(monitor).forEach(window -> windows.add(ReportJson.window(window)));

    ArrayNode columns = json.putArray("columns");
    Place place = new Place(selected.windowStartMillis(), "");
    List<DriftResult> results =
        new ArrayList<>(monitor.columns.getOrDefault(place, Map.of()).values());
    results.sort(WORST_FIRST);
    for (DriftResult result : results) {
      ObjectNode column = ReportJson.column(result);
      ArrayNode timeline = column.putArray("timeline");
      monitor.columns.entrySet().stream()
          .filter(entry -> entry.getKey().segment.isEmpty())
          .sorted(Comparator.comparingLong(entry -> entry.getKey().startMillis))
          .map(entry -> entry.getValue().get(result.column()))
          .filter(other -> other != null)
          .forEach(other -> timeline.add(ReportJson.moment(other)));
      columns.add(column);
    }

    ArrayNode segments = json.putArray("segments");
    monitor.windows.values().stream()
        .filter(
            window ->
                !window.segment().isEmpty()
                    && window.windowStartMillis() == selected.windowStartMillis())
        .sorted(
            Comparator.<DriftSummary>comparingInt(window -> rank(window.outcome()))
                .thenComparing(DriftSummary::rows, Comparator.reverseOrder()))
        .forEach(window -> segments.add(ReportJson.window(window)));
  }
}
