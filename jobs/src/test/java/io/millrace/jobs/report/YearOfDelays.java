package io.millrace.jobs.report;

import io.millrace.drift.statistics.CategoryGrid;
import io.millrace.drift.statistics.ColumnDecision;
import io.millrace.drift.statistics.ColumnDrift;
import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnStatistics;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.EffectThresholds;
import io.millrace.drift.statistics.Grid;
import io.millrace.drift.statistics.HistogramBin;
import io.millrace.drift.statistics.WindowCounts;
import io.millrace.records.Alert;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import io.millrace.records.RetrainingAdvice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The results of a year of weekly windows, in which delays grow and a carrier leaves in summer. */
final class YearOfDelays {
  static final Instant SUMMER = Instant.parse("2013-06-10T00:00:00Z");

  private static final Instant START = Instant.parse("2013-01-07T00:00:00Z");
  private static final Duration WEEK = Duration.ofDays(7);
  private static final int WINDOWS = 40;
  private static final int SUMMER_BEGINS = 22;
  private static final int SUMMER_ENDS = 33;
  private static final int ROWS = 4000;
  private static final String MONITOR = "flights_drift";
  private static final List<String> CARRIERS = List.of("UA", "B6", "EV", "DL", "AA", "MQ", "US");

  private final Random random = new Random(5);
  private final DriftReport report;

  private YearOfDelays(DriftReport report) {
    this.report = report;
  }

  static DriftReport report(String title, Instant window) {
    DriftReport report = new DriftReport(title, "pipeline conf/pipelines/flights.yaml", window);
    new YearOfDelays(report).fill();
    return report;
  }

  private void fill() {
    Map<String, ColumnTally> reference = week(0);
    for (int window = 1; window < WINDOWS; window++) {
      Map<String, ColumnTally> current = week(window);
      long start = START.plus(WEEK.multipliedBy(window)).toEpochMilli();
      List<DriftedColumn> drifted = new ArrayList<>();
      for (String column : current.keySet()) {
        DriftResult result = result(column, start, reference.get(column), current.get(column));
        report.add(result);
        result.statistics().stream()
            .filter(DriftResult.Statistic::drifted)
            .findFirst()
            .ifPresent(
                s ->
                    drifted.add(
                        new DriftedColumn(
                            column,
                            s.name(),
                            s.value(),
                            s.effect(),
                            s.threshold(),
                            s.adjustedP())));
      }
      addSummary(start, window, drifted);
    }
    addAlarm();
  }

  private boolean isSummer(int window) {
    return window >= SUMMER_BEGINS && window < SUMMER_ENDS;
  }

  private Map<String, ColumnTally> week(int window) {
    boolean summer = isSummer(window);
    Map<String, ColumnTally> columns = new LinkedHashMap<>();
    ColumnTally delays = ColumnTally.of(ColumnKind.NUMBER, 4096);
    ColumnTally distance = ColumnTally.of(ColumnKind.NUMBER, 4096);
    ColumnTally temperature = ColumnTally.of(ColumnKind.NUMBER, 4096);
    ColumnTally carrier = ColumnTally.of(ColumnKind.CATEGORY, 4096);
    for (int row = 0; row < ROWS; row++) {
      if (random.nextDouble() < (summer ? 0.09 : 0.02)) {
        delays.addNulls(1);
      } else {
        double scale = summer ? 1.9 : 1;
        delays.add(Math.floor(-12 + scale * 9 * Math.pow(1 - random.nextDouble(), -0.45)), 1);
      }
      distance.add(Math.rint(200 + 2400 * Math.pow(random.nextDouble(), 1.4)), 1);
      temperature.add(
          12 + 9 * Math.sin((window - 14) / 52.0 * 2 * Math.PI) + 4 * random.nextGaussian(), 1);
      int first = summer ? 1 : 0;
      String name =
          summer && random.nextDouble() < 0.03
              ? "<b>" + row % 3 + "</b>"
              : CARRIERS.get(first + (int) ((7 - first) * Math.pow(random.nextDouble(), 1.5)));
      carrier.add(name, 1);
    }
    columns.put("dep_delay_minutes", delays);
    columns.put("distance_miles", distance);
    columns.put("temperature", temperature);
    columns.put("carrier", carrier);
    return columns;
  }

  private static DriftResult result(
      String column, long start, ColumnTally reference, ColumnTally current) {
    Grid grid = reference.grid();
    WindowCounts before = reference.countOn(grid);
    WindowCounts now = current.countOn(grid);
    ColumnDrift drift = ColumnStatistics.compare(grid, before, now);
    ColumnDecision decision =
        ColumnDecision.decide(List.of(drift), EffectThresholds.LARGE, 0.01, 100).get(0);
    return new DriftResult(
        MONITOR,
        "",
        column,
        start,
        start + WEEK.toMillis(),
        decision.outcome() == ColumnDecision.Outcome.DRIFT
            ? DriftOutcome.DRIFT
            : DriftOutcome.STABLE,
        decision.reason(),
        "first 7d from " + START,
        decision.verdicts().stream()
            .map(
                verdict ->
                    new DriftResult.Statistic(
                        verdict.measure().statistic().fileName(),
                        verdict.measure().value(),
                        verdict.measure().effect(),
                        verdict.measure().pValue(),
                        verdict.adjustedPValue(),
                        verdict.threshold(),
                        verdict.drifted()))
            .toList(),
        profile(before, reference.distinct()),
        profile(now, current.distinct()),
        HistogramBin.of(before, now, 20).stream()
            .map(
                bin ->
                    new DriftResult.Bin(
                        bin.label(),
                        bin.lower(),
                        bin.upper(),
                        bin.referenceCount(),
                        bin.currentCount()))
            .toList(),
        quantiles(before, now),
        now.newCategories().entrySet().stream()
            .map(entry -> new DriftResult.CategoryCount(entry.getKey(), entry.getValue()))
            .toList());
  }

  private static List<DriftResult.Quantile> quantiles(WindowCounts before, WindowCounts now) {
    List<DriftResult.Quantile> quantiles = new ArrayList<>();
    if (!(before.grid() instanceof CategoryGrid)) {
      for (double q : new double[] {0.05, 0.25, 0.5, 0.75, 0.95}) {
        quantiles.add(
            new DriftResult.Quantile(
                q, ColumnStatistics.quantile(before, q), ColumnStatistics.quantile(now, q)));
      }
    }
    return quantiles;
  }

  private static DriftResult.Profile profile(WindowCounts counts, long distinct) {
    return new DriftResult.Profile(
        counts.rows(),
        counts.nulls(),
        counts.nans(),
        counts.min(),
        counts.max(),
        counts.mean(),
        counts.standardDeviation(),
        distinct);
  }

  private void addSummary(long start, int window, List<DriftedColumn> drifted) {
    boolean drift = drifted.size() >= 2;
    boolean alarm = isSummer(window) && window > SUMMER_BEGINS;
    long onset = START.plus(WEEK.multipliedBy(SUMMER_BEGINS)).toEpochMilli();
    report.add(summary("", start, ROWS, drift, alarm, onset, drifted));
    for (int carrier = 0; carrier < 3; carrier++) {
      boolean hit = drift && carrier < 2;
      report.add(
          summary(
              CARRIERS.get(carrier),
              start,
              ROWS / 7,
              hit,
              false,
              onset,
              hit ? drifted.subList(0, 1) : List.of()));
    }
  }

  private static DriftSummary summary(
      String segment,
      long start,
      long rows,
      boolean drift,
      boolean alarm,
      long onset,
      List<DriftedColumn> drifted) {
    return new DriftSummary(
        MONITOR,
        segment,
        start,
        start + WEEK.toMillis(),
        drift ? DriftOutcome.DRIFT : DriftOutcome.STABLE,
        drift ? drifted.size() + " of 4 columns drifted, 30% are needed" : "",
        "first 7d from " + START,
        rows,
        drift ? 12 : 0,
        4,
        4,
        drifted,
        alarm ? DriftSummary.AlarmState.OPEN : DriftSummary.AlarmState.QUIET,
        drift ? onset : -1);
  }

  private void addAlarm() {
    long onset = START.plus(WEEK.multipliedBy(SUMMER_BEGINS)).toEpochMilli();
    report.add(
        new Alert(
            MONITOR + "//" + onset,
            MONITOR,
            "",
            Alert.State.OPEN,
            Alert.Severity.CRITICAL,
            onset,
            onset + WEEK.toMillis(),
            11,
            List.of(),
            "dep_delay_minutes, temperature and carrier drifted"));
    report.add(
        new RetrainingAdvice(
            MONITOR,
            true,
            RetrainingAdvice.Cause.DATA_DRIFT,
            "3 of 4 columns have drifted since 2013-06-10, dep_delay_minutes most",
            onset,
            onset + WEEK.toMillis(),
            List.of()));
  }
}
