package io.millrace.quickstart;

import io.millrace.jobs.report.DriftReport;
import io.millrace.jobs.report.DriftReportHtml;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.Alert;
import io.millrace.records.DriftJson;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Departure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** What the drift monitors said of the flights, read from their topics as anybody would. */
final class DriftFindings {
  private static final String MONITOR = "flights_drift";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The watermark is behind the newest flight; windows that end before this must be closed. */
  private static final Duration SURELY_CLOSED = Duration.ofHours(2);

  private final Pipeline pipeline;
  private final DriftReport report;
  private final Map<String, Map<Long, DriftSummary>> windows = new LinkedHashMap<>();
  private final Map<String, Alert> alerts = new LinkedHashMap<>();
  private final TreeMap<Long, Long> flightsOfWindow;

  private DriftFindings(Pipeline pipeline, TreeMap<Long, Long> flightsOfWindow) {
    this.pipeline = pipeline;
    this.flightsOfWindow = flightsOfWindow;
    report = new DriftReport(pipeline.name(), "a year of flights, by scripts/quickstart", null);
    pipeline.driftMonitors().forEach(it -> windows.put(it.name(), new TreeMap<>()));
  }

  /** Reads both topics, once every window of the flights that is closed can be read. */
  static DriftFindings await(
      String bootstrapServers, Pipeline pipeline, Stream<Departure> flights) {
    DriftFindings findings = new DriftFindings(pipeline, closedWindows(pipeline, flights));
    Map<Long, DriftSummary> said = findings.windows.get(MONITOR);
    try (KafkaConsumer<byte[], byte[]> drift =
            CommittedTopic.open(bootstrapServers, pipeline.topics().drift());
        KafkaConsumer<byte[], byte[]> alerts =
            CommittedTopic.open(bootstrapServers, pipeline.topics().alerts())) {
      Deadline.await(
          PATIENCE,
          () ->
              "%d windows of %s in topic %s, of which came %d"
                  .formatted(
                      findings.flightsOfWindow.size(),
                      MONITOR,
                      pipeline.topics().drift(),
                      said.size()),
          () -> {
            read(drift, findings::takeDrift);
            return said.keySet().containsAll(findings.flightsOfWindow.keySet());
          });
      // What is said about a window comes with the window.
      for (int quiet = 0; quiet < 3; quiet++) {
        quiet =
            read(drift, findings::takeDrift) + read(alerts, findings::takeAlert) > 0 ? 0 : quiet;
      }
    }
    return findings;
  }

  private static int read(KafkaConsumer<byte[], byte[]> topic, Consumer<byte[]> taker) {
    int read = 0;
    for (ConsumerRecord<byte[], byte[]> record : topic.poll(Duration.ofMillis(200))) {
      taker.accept(record.value());
      read++;
    }
    return read;
  }

  private void takeDrift(byte[] message) {
    DriftJson.result(message).ifPresent(report::add);
    DriftJson.summary(message)
        .ifPresent(
            summary -> {
              report.add(summary);
              if (summary.segment().isEmpty()) {
                windows.get(summary.monitor()).put(summary.windowStartMillis(), summary);
              }
            });
  }

  private void takeAlert(byte[] message) {
    DriftJson.advice(message).ifPresent(report::add);
    DriftJson.alert(message)
        .ifPresent(
            alert -> {
              report.add(alert);
              alerts.put(alert.id(), alert);
            });
  }

  /** How many flights departed in each window that is closed by the newest one. */
  private static TreeMap<Long, Long> closedWindows(Pipeline pipeline, Stream<Departure> flights) {
    long length =
        pipeline.driftMonitors().stream()
            .filter(it -> it.name().equals(MONITOR))
            .map(DriftMonitorSpec::window)
            .findFirst()
            .orElseThrow()
            .toMillis();
    TreeMap<Long, Long> counts = new TreeMap<>();
    long[] newest = {Long.MIN_VALUE};
    flights.forEach(
        flight -> {
          long time = flight.departedAt().toEpochMilli();
          newest[0] = Math.max(newest[0], time);
          counts.merge(Math.floorDiv(time, length) * length, 1L, Long::sum);
        });
    counts.tailMap(newest[0] - SURELY_CLOSED.toMillis() - length, false).clear();
    return counts;
  }

  /** What does not add up, in words. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    flightsOfWindow.forEach(
        (start, flights) -> {
          DriftSummary said = windows.get(MONITOR).get(start);
          if (said.rows() != flights) {
            problems.add(
                "%s counted %,d flights in the window from %s, but %,d departed"
                    .formatted(MONITOR, said.rows(), Instant.ofEpochMilli(start), flights));
          }
        });
    return problems;
  }

  void show(Screen screen) {
    screen.heading("Drift");
    screen.line("");
    List<List<String>> rows = new ArrayList<>();
    windows.forEach(
        (monitor, summaries) ->
            rows.add(
                List.of(
                    monitor,
                    Integer.toString(summaries.size()),
                    count(summaries.values(), DriftOutcome.BASELINE),
                    count(summaries.values(), DriftOutcome.STABLE),
                    count(summaries.values(), DriftOutcome.DRIFT),
                    Long.toString(alertsOf(monitor).count()))));
    screen.table(List.of("monitor", "windows", "reference", "stable", "drifted", "alarms"), rows);
    screen.line("");
    List<List<String>> alarms =
        alerts.values().stream()
            .sorted(Comparator.comparingLong(Alert::onsetMillis).thenComparing(Alert::id))
            .map(
                alert ->
                    List.of(
                        date(alert.onsetMillis()),
                        alert.state() == Alert.State.OPEN ? "open" : date(alert.atMillis()),
                        alert.severity().name().toLowerCase(Locale.ROOT),
                        alert.monitor() + (alert.segment().isEmpty() ? "" : " " + alert.segment()),
                        columns(alert)))
            .toList();
    if (!alarms.isEmpty()) {
      screen.table(List.of("alarm since", "until", "", "monitor", "drifted"), alarms);
      screen.line("");
    }
  }

  /** Writes the report. */
  void write(Path file) throws IOException {
    DriftReportHtml.write(report, file);
  }

  private Stream<Alert> alertsOf(String monitor) {
    return alerts.values().stream().filter(alert -> alert.monitor().equals(monitor));
  }

  private static String count(Collection<DriftSummary> summaries, DriftOutcome outcome) {
    return Long.toString(summaries.stream().filter(it -> it.outcome() == outcome).count());
  }

  private static String columns(Alert alert) {
    return alert.columns().stream().map(DriftFindings::column).collect(Collectors.joining(", "));
  }

  private static String column(DriftedColumn column) {
    return String.format(
        Locale.ROOT, "%s (%s %.2f)", column.column(), column.statistic(), column.value());
  }

  private static String date(long millis) {
    return Instant.ofEpochMilli(millis).toString().substring(0, 10);
  }
}
