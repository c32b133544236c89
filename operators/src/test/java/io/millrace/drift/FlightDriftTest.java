package io.millrace.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DriftReference;
import io.millrace.pipeline.DriftStatistic;
import io.millrace.records.Alert;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import io.millrace.records.RetrainingAdvice;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Drift of the real flights of 2013, by the day of the week on which windows begin: Thursdays. */
class FlightDriftTest {
  private static final long WEEK = Duration.ofDays(7).toMillis();

  /** KS distance of a shift whose PSI is 0.1. */
  private static final double MODERATE = 0.1257;

  private static final String ID = "flights_drift//2013-06-13T00:00:00Z";

  private static final RowType FLIGHTS =
      RowType.of(
          new LogicalType[] {
            new VarCharType(VarCharType.MAX_LENGTH), new IntType(), new IntType(),
          },
          new String[] {"carrier", "dep_delay_minutes", "distance_miles"});

  private static List<Departure> year;

  @BeforeAll
  static void read() {
    try (Stream<Departure> flights = FlightData.ofThisProject().flights()) {
      year = flights.toList();
    }
  }

  @Test
  void shouldRaiseNoAlarmForTheOddDaysOfJanuaryAgainstTheEvenOnes() throws Exception {
    Predicate<Departure> january = each -> date(each).getMonth() == Month.JANUARY;
    Map<String, Map<String, ColumnTally>> evenDays =
        reference(
            january.and(
                each -> date(each).getYear() == 2013 && date(each).getDayOfMonth() % 2 == 0));
    Predicate<Departure> oddDays = january.and(each -> date(each).getDayOfMonth() % 2 == 1);

    try (DriftHarness weekly = run(againstFile(Duration.ofDays(7), evenDays), oddDays);
        // Windows of 50 days happen to begin before January and to end after it.
        DriftHarness atOnce = run(againstFile(Duration.ofDays(50), evenDays), oddDays)) {
      assertThat(weekly.summaries).hasSizeGreaterThanOrEqualTo(5);
      assertThat(weekly.alerts).isEmpty();
      assertThat(weekly.advice).isEmpty();
      assertThat(atOnce.summaries)
          .extracting(DriftSummary::outcome)
          .startsWith(DriftOutcome.STABLE);
    }
  }

  @Test
  void shouldRaiseOneAlarmForTheDelaysOfTheSummerFromItsFirstWeekOn() throws Exception {
    try (DriftHarness harness = run(firstFourWeeks(), FlightDriftTest::januaryOrSummer)) {
      assertThat(harness.alerts).extracting(Alert::id).hasSize(3).containsOnly(ID);
      Alert opened = harness.alerts.get(0);
      Alert worse = harness.alerts.get(1);
      Alert resolved = harness.alerts.get(2);
      assertThat(opened.state()).isEqualTo(Alert.State.OPEN);
      assertThat(opened.columns())
          .extracting(DriftedColumn::column)
          .containsExactly("dep_delay_minutes");
      assertThat(Instant.ofEpochMilli(opened.onsetMillis()))
          .isEqualTo(onsetByTheValuesThemselves())
          .isEqualTo("2013-06-13T00:00:00Z");
      assertThat(Instant.ofEpochMilli(opened.atMillis())).isEqualTo("2013-06-27T00:00:00Z");
      assertThat(worse.state()).isEqualTo(Alert.State.OPEN);
      assertThat(worse.severity()).isEqualTo(Alert.Severity.CRITICAL);
      assertThat(resolved.state()).isEqualTo(Alert.State.RESOLVED);
      assertThat(Instant.ofEpochMilli(resolved.atMillis())).isEqualTo("2013-08-08T00:00:00Z");
      assertThat(harness.advice)
          .extracting(RetrainingAdvice::shouldRetrain)
          .containsExactly(true, true, false);
      assertThat(harness.advice.get(0).sinceMillis()).isEqualTo(opened.onsetMillis());
    }
  }

  private static boolean januaryOrSummer(Departure each) {
    Month month = date(each).getMonth();
    return month == Month.JANUARY || month.getValue() >= 6 && month.getValue() <= 8;
  }

  /**
   * The first of two weeks in a row whose delays differ moderately from those of the first four
   * weeks, by the Kolmogorov-Smirnov distance of the values themselves.
   */
  private static Instant onsetByTheValuesThemselves() {
    TreeMap<Long, List<Double>> weeks = new TreeMap<>();
    for (Departure each : year) {
      if (januaryOrSummer(each) && each.depDelayMinutes().isPresent()) {
        long time = each.departedAt().toEpochMilli();
        weeks
            .computeIfAbsent(Math.floorDiv(time, WEEK) * WEEK, any -> new ArrayList<>())
            .add((double) each.depDelayMinutes().getAsInt());
      }
    }
    List<Double> reference = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      reference.addAll(weeks.pollFirstEntry().getValue());
    }
    long before = -1;
    for (Map.Entry<Long, List<Double>> week : weeks.entrySet()) {
      if (kolmogorovSmirnov(reference, week.getValue()) < MODERATE) {
        before = -1;
      } else if (before != -1) {
        return Instant.ofEpochMilli(before);
      } else {
        before = week.getKey();
      }
    }
    throw new AssertionError("no drift");
  }

  /** Greatest difference of the two distribution functions. */
  private static double kolmogorovSmirnov(List<Double> left, List<Double> right) {
    double[] a = left.stream().mapToDouble(it -> it).sorted().toArray();
    double[] b = right.stream().mapToDouble(it -> it).sorted().toArray();
    double greatest = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      double at = Math.min(a[i], b[j]);
      while (i < a.length && a[i] == at) {
        i++;
      }
      while (j < b.length && b[j] == at) {
        j++;
      }
      greatest = Math.max(greatest, Math.abs((double) i / a.length - (double) j / b.length));
    }
    return greatest;
  }

  @Test
  void shouldFindThatACarrierIsMissing() throws Exception {
    LocalDate gone = LocalDate.of(2013, Month.FEBRUARY, 28);

    try (DriftHarness harness =
        run(
            firstFourWeeks(),
            each ->
                date(each).getMonthValue() <= 3
                    && !(each.carrier().equals("EV") && !date(each).isBefore(gone)))) {
      assertThat(harness.alerts).hasSize(1);
      assertThat(harness.alerts.get(0).columns())
          .extracting(DriftedColumn::column)
          .contains("carrier");
      assertThat(Instant.ofEpochMilli(harness.alerts.get(0).onsetMillis()))
          .isEqualTo(gone.atStartOfDay().toInstant(ZoneOffset.UTC));
    }
  }

  @Test
  void shouldSayTheSameAfterEveryFailureAndWithAnyNumberOfSubtasks() throws Exception {
    Predicate<Departure> spring = each -> date(each).getDayOfYear() <= 90;
    try (DriftHarness undisturbed = run(firstFourWeeks(), spring);
        DriftHarness failing = new DriftHarness(firstFourWeeks(), 3)) {
      int number = 0;
      for (Departure each : year) {
        if (spring.test(each)) {
          send(failing, number % 3, each);
          if (++number % 5_000 == 0) {
            failing.watermark(each.departedAt().toEpochMilli() - Duration.ofDays(2).toMillis());
            failing.failAndComeBack();
          }
        }
      }
      failing.watermark(Long.MAX_VALUE);

      assertThat(failing.results).isNotEmpty().isEqualTo(undisturbed.results);
      assertThat(failing.summaries).isEqualTo(undisturbed.summaries);
      assertThat(failing.alerts).isEqualTo(undisturbed.alerts);
    }
  }

  private static DriftHarness run(DriftPlan plan, Predicate<Departure> which) throws Exception {
    DriftHarness harness = new DriftHarness(plan);
    long newest = 0;
    int number = 0;
    for (Departure each : year) {
      if (which.test(each)) {
        send(harness, 0, each);
        newest = Math.max(newest, each.scheduledAt().toEpochMilli());
        if (++number % 1_000 == 0) {
          harness.watermark(newest - Duration.ofDays(1).toMillis());
        }
      }
    }
    harness.watermark(Long.MAX_VALUE);
    return harness;
  }

  private static void send(DriftHarness harness, int subtask, Departure each) throws Exception {
    harness.row(subtask, row(each), each.departedAt().toEpochMilli());
  }

  private static DriftPlan firstFourWeeks() {
    return plan(DriftReference.Kind.FIRST, Duration.ofDays(7), Duration.ofDays(28), "first 28d");
  }

  private static DriftPlan againstFile(
      Duration window, Map<String, Map<String, ColumnTally>> references) {
    return plan(DriftReference.Kind.FILE, window, Duration.ZERO, "file january.csv")
        .withReference(references);
  }

  private static DriftPlan plan(
      DriftReference.Kind kind, Duration window, Duration span, String text) {
    DriftMonitorSpec spec =
        new DriftMonitorSpec(
            "flights_drift",
            "flights",
            false,
            window,
            window,
            new DriftReference(kind, span, Path.of(""), "", text),
            List.of(
                new DriftMonitorSpec.Column(
                    "dep_delay_minutes", List.of(DriftStatistic.PSI, DriftStatistic.KS)),
                new DriftMonitorSpec.Column(
                    "carrier", List.of(DriftStatistic.PSI, DriftStatistic.CHI2)),
                new DriftMonitorSpec.Column("distance_miles", List.of())),
            Optional.empty(),
            new DriftMonitorSpec.Alarm(0.1, 0.01, 0.3, 2, 100));
    return DriftPlan.bind(spec, FLIGHTS, Set.of(), Set.of(), false);
  }

  private static Map<String, Map<String, ColumnTally>> reference(Predicate<Departure> which) {
    ColumnTally carriers = ColumnTally.of(ColumnKind.CATEGORY, DriftPlan.CELLS);
    ColumnTally delays = ColumnTally.of(ColumnKind.NUMBER, DriftPlan.CELLS);
    ColumnTally distances = ColumnTally.of(ColumnKind.NUMBER, DriftPlan.CELLS);
    for (Departure each : year) {
      if (which.test(each)) {
        carriers.add(each.carrier(), 1);
        distances.add(each.distanceMiles(), 1);
        if (each.cancelled()) {
          delays.addNulls(1);
        } else {
          delays.add(each.depDelayMinutes().getAsInt(), 1);
        }
      }
    }
    return Map.of(
        "", Map.of("carrier", carriers, "dep_delay_minutes", delays, "distance_miles", distances));
  }

  private static LocalDate date(Departure each) {
    return LocalDate.ofInstant(each.scheduledAt(), ZoneOffset.UTC);
  }

  private static RowData row(Departure each) {
    return GenericRowData.of(
        StringData.fromString(each.carrier()),
        each.depDelayMinutes().isPresent() ? each.depDelayMinutes().getAsInt() : null,
        each.distanceMiles());
  }
}
