package io.millrace.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DriftReference;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.Feedback;
import io.millrace.records.RetrainingAdvice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/** A monitor over hours of made-up rides: a fare, and a city. */
class DriftMonitorTest {
  private static final long SEED = 42;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = 24 * HOUR;
  private static final int RIDES = 400;

  private static final RowType ROWS =
      RowType.of(
          new LogicalType[] {new DoubleType(), new VarCharType(VarCharType.MAX_LENGTH)},
          new String[] {"fare", "city"});

  private final Random random = new Random(SEED);

  private static DriftPlan plan(
      Duration window, Duration step, DriftReference.Kind kind, Duration span, int segments) {
    DriftMonitorSpec spec =
        new DriftMonitorSpec(
            "m",
            "rides",
            false,
            window,
            step,
            new DriftReference(
                kind,
                span,
                Path.of(""),
                "",
                kind == DriftReference.Kind.PINNED ? "pinned v1" : "r"),
            List.of(),
            segments == 0
                ? Optional.empty()
                : Optional.of(new DriftMonitorSpec.Segments("city", segments)),
            new DriftMonitorSpec.Alarm(0.25, 0.01, 0.3, 2, 100));
    return DriftPlan.bind(spec, ROWS, Set.of(), Set.of(), true);
  }

  private static DriftPlan hourly(DriftReference.Kind kind, int hours) {
    return plan(Duration.ofHours(1), Duration.ofHours(1), kind, Duration.ofHours(hours), 0);
  }

  private void rides(DriftHarness harness, long from, double meanFare, String... cities)
      throws Exception {
    for (int i = 0; i < RIDES; i++) {
      harness.row(
          ride(meanFare + random.nextGaussian(), cities[i % cities.length]),
          from + i * HOUR / RIDES);
    }
  }

  private static GenericRowData ride(Double fare, String city) {
    return GenericRowData.of(fare, city == null ? null : StringData.fromString(city));
  }

  private static List<DriftOutcome> outcomes(DriftHarness harness) {
    return harness.summaries.stream()
        .filter(summary -> summary.segment().isEmpty())
        .map(DriftSummary::outcome)
        .toList();
  }

  @Test
  void shouldFreezeTheFirstWindowsAndHoldLaterOnesAgainstThem() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 2))) {
      for (int hour = 0; hour < 4; hour++) {
        rides(harness, hour * HOUR, 10, "Rome", "Oslo");
      }
      rides(harness, 4 * HOUR, 12, "Rome", "Oslo");
      harness.watermark(5 * HOUR);

      assertThat(outcomes(harness))
          .containsExactly(
              DriftOutcome.BASELINE,
              DriftOutcome.BASELINE,
              DriftOutcome.STABLE,
              DriftOutcome.STABLE,
              DriftOutcome.DRIFT);
      DriftResult last =
          harness.results.stream()
              .filter(it -> it.column().equals("fare"))
              .reduce((a, b) -> b)
              .orElseThrow();
      assertThat(last.reference()).isEqualTo("r from 1970-01-01T00:00:00Z");
      assertThat(last.referenceProfile().rows()).isEqualTo(2 * RIDES);
      assertThat(last.profile().rows()).isEqualTo(RIDES);
      assertThat(last.reason()).contains("psi");
      assertThat(last.bins()).isNotEmpty();
      assertThat(last.quantiles()).isNotEmpty();
    }
  }

  @Test
  void shouldMoveTheReferenceAlong() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.TRAILING, 2))) {
      for (int hour = 0; hour < 8; hour++) {
        rides(harness, hour * HOUR, hour < 4 ? 10 : 12, "Rome");
        harness.watermark(hour * HOUR);
        harness.failAndComeBack();
      }
      harness.watermark(8 * HOUR);

      // Two hours after the shift the new fares are the reference.
      assertThat(outcomes(harness))
          .containsExactly(
              DriftOutcome.BASELINE,
              DriftOutcome.BASELINE,
              DriftOutcome.STABLE,
              DriftOutcome.STABLE,
              DriftOutcome.DRIFT,
              DriftOutcome.DRIFT,
              DriftOutcome.STABLE,
              DriftOutcome.STABLE);
    }
  }

  @Test
  void shouldHoldTheNightAgainstNights() throws Exception {
    DriftPlan plan =
        plan(
            Duration.ofHours(12),
            Duration.ofHours(12),
            DriftReference.Kind.SAME_HOUR_OF_DAY,
            Duration.ofDays(2),
            0);
    try (DriftHarness harness = new DriftHarness(plan)) {
      for (int half = 0; half < 8; half++) {
        rides(harness, half * 12 * HOUR, half % 2 == 0 ? 10 : 20, "Rome");
      }
      rides(harness, 8 * 12 * HOUR, 20, "Rome");
      harness.watermark(5 * DAY);

      assertThat(outcomes(harness).subList(0, 4)).containsOnly(DriftOutcome.BASELINE);
      assertThat(outcomes(harness).subList(4, 8)).containsOnly(DriftOutcome.STABLE);
      assertThat(outcomes(harness).get(8)).isEqualTo(DriftOutcome.DRIFT);
    }
  }

  @Test
  void shouldSlideWindowsThatAreSumsOfTheirSteps() throws Exception {
    DriftPlan plan =
        plan(
            Duration.ofHours(3),
            Duration.ofHours(1),
            DriftReference.Kind.FIRST,
            Duration.ofHours(3),
            0);
    try (DriftHarness harness = new DriftHarness(plan)) {
      for (int hour = 0; hour < 8; hour++) {
        rides(harness, hour * HOUR, 10, "Rome");
      }
      harness.watermark(20 * HOUR);

      // The last rides are in three windows; those before the first ride are no windows.
      assertThat(harness.summaries).hasSize(8);
      assertThat(harness.summaries.get(0).windowStartMillis()).isZero();
      assertThat(harness.summaries)
          .extracting(DriftSummary::rows)
          .containsExactly(
              3L * RIDES,
              3L * RIDES,
              3L * RIDES,
              3L * RIDES,
              3L * RIDES,
              3L * RIDES,
              2L * RIDES,
              (long) RIDES);
      assertThat(outcomes(harness).subList(0, 3)).containsOnly(DriftOutcome.BASELINE);
      assertThat(outcomes(harness).subList(3, 8)).containsOnly(DriftOutcome.STABLE);
    }
  }

  @Test
  void shouldTakeBackRowsThatAreUpdatedOrDeleted() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      rides(harness, 0, 10, "Rome");
      rides(harness, HOUR, 10, "Rome");
      for (int i = 0; i < RIDES; i++) {
        GenericRowData wrong = ride(99.0, "Atlantis");
        harness.row(wrong, HOUR + i);
        GenericRowData deleted = ride(99.0, "Atlantis");
        deleted.setRowKind(i % 2 == 0 ? RowKind.DELETE : RowKind.UPDATE_BEFORE);
        harness.row(deleted, HOUR + i);
      }
      harness.watermark(2 * HOUR);

      assertThat(outcomes(harness)).containsExactly(DriftOutcome.BASELINE, DriftOutcome.STABLE);
      assertThat(harness.summaries.get(1).rows()).isEqualTo(RIDES);
    }
  }

  @Test
  void shouldCountRowsInAsLongAsTheirWindowIsOpenAndSayHowManyCameTooLate() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      rides(harness, 0, 10, "Rome");
      rides(harness, HOUR, 10, "Rome");
      harness.watermark(HOUR + HOUR / 2);
      harness.row(ride(10.0, "Rome"), HOUR + 1);
      harness.row(ride(10.0, "Rome"), 1);
      harness.row(ride(10.0, "Rome"), 2);
      harness.watermark(2 * HOUR);
      rides(harness, 2 * HOUR, 10, "Rome");
      harness.watermark(3 * HOUR);

      assertThat(harness.summaries)
          .extracting(DriftSummary::rows)
          .containsExactly((long) RIDES, RIDES + 1L, (long) RIDES);
      assertThat(harness.summaries).extracting(DriftSummary::late).containsExactly(0L, 2L, 0L);
    }
  }

  @Test
  void shouldSayNothingAboutWindowsWithTooFewRows() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      rides(harness, 0, 10, "Rome");
      for (int i = 0; i < 99; i++) {
        harness.row(ride(1_000.0, "Atlantis"), HOUR + i);
      }
      harness.watermark(2 * HOUR);

      assertThat(outcomes(harness))
          .containsExactly(DriftOutcome.BASELINE, DriftOutcome.INSUFFICIENT_DATA);
      assertThat(harness.summaries.get(1).reason()).contains("99 rows, 100 are needed");
      assertThat(harness.alerts).isEmpty();
    }
  }

  @Test
  void shouldStandConstantsNullsAndValuesWithoutEnd() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      for (int i = 0; i < RIDES; i++) {
        harness.row(ride(7.0, null), i);
        harness.row(ride(7.0, null), HOUR + i);
        harness.row(ride(Double.NaN, "x".repeat(10_000) + i), 2 * HOUR + i);
        harness.row(
            ride(i % 2 == 0 ? Double.POSITIVE_INFINITY : -Double.MAX_VALUE, null), 3 * HOUR + i);
      }
      harness.watermark(4 * HOUR);

      assertThat(outcomes(harness))
          .containsExactly(
              DriftOutcome.BASELINE, DriftOutcome.STABLE, DriftOutcome.DRIFT, DriftOutcome.DRIFT);
    }
  }

  @Test
  void shouldStayBoundedWhenCategoriesExplode() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      for (int i = 0; i < 20_000; i++) {
        harness.row(ride(10 + random.nextGaussian(), "id-" + random.nextLong()), i);
        harness.row(ride(10 + random.nextGaussian(), "id-" + random.nextLong()), HOUR + i);
      }
      harness.watermark(2 * HOUR);
      harness.failAndComeBack();

      DriftResult city =
          harness.results.stream()
              .filter(it -> it.column().equals("city") && it.windowStartMillis() == HOUR)
              .findFirst()
              .orElseThrow();
      assertThat(city.profile().rows()).isEqualTo(20_000);
      assertThat(city.profile().distinct()).isEqualTo(-1);
      assertThat(city.bins()).hasSizeLessThan(50);
      // Identifiers that are always new are no drift.
      assertThat(city.outcome()).isEqualTo(DriftOutcome.STABLE);
    }
  }

  @Test
  void shouldLookAtTheSegmentsWithMostRows() throws Exception {
    DriftPlan plan =
        plan(
            Duration.ofHours(1),
            Duration.ofHours(1),
            DriftReference.Kind.FIRST,
            Duration.ofHours(1),
            2);
    try (DriftHarness harness = new DriftHarness(plan)) {
      for (int hour = 0; hour < 4; hour++) {
        rides(harness, hour * HOUR, 10, "Oslo", "Rome", "Rome", "Bonn", "Bonn");
        rides(harness, hour * HOUR, 10, "Oslo", "Rome", "Rome", "Bonn", "Bonn");
        harness.watermark((hour + 1) * HOUR);
        harness.failAndComeBack();
      }
      for (int hour = 4; hour < 6; hour++) {
        for (int i = 0; i < 20 * RIDES; i++) {
          boolean rome = i % 20 == 0;
          harness.row(
              ride((rome ? 15 : 10) + random.nextGaussian(), rome ? "Rome" : "Bonn"),
              hour * HOUR + i);
        }
        harness.watermark((hour + 1) * HOUR);
      }

      assertThat(harness.summaries)
          .extracting(DriftSummary::segment)
          .contains("", "Rome", "Bonn")
          .doesNotContain("Oslo");
      assertThat(
              harness.results.stream()
                  .filter(it -> it.segment().equals("Rome") && it.column().equals("fare"))
                  .map(DriftResult::outcome))
          .containsExactly(
              DriftOutcome.BASELINE,
              DriftOutcome.STABLE,
              DriftOutcome.STABLE,
              DriftOutcome.STABLE,
              DriftOutcome.DRIFT,
              DriftOutcome.DRIFT);
    }
  }

  @Test
  void shouldHoldWindowsAgainstAReferenceThatIsGiven() throws Exception {
    ColumnTally fares = ColumnTally.of(ColumnKind.NUMBER, DriftPlan.CELLS);
    ColumnTally cities = ColumnTally.of(ColumnKind.CATEGORY, DriftPlan.CELLS);
    for (int i = 0; i < 1_000; i++) {
      fares.add(10 + random.nextGaussian(), 1);
      cities.add("Rome", 1);
    }
    DriftPlan plan =
        hourly(DriftReference.Kind.FILE, 0)
            .withReference(Map.of("", Map.of("fare", fares, "city", cities)));
    try (DriftHarness harness = new DriftHarness(plan);
        DriftHarness empty = new DriftHarness(hourly(DriftReference.Kind.FILE, 0))) {
      rides(harness, 0, 10, "Rome");
      rides(harness, HOUR, 10, "Oslo");
      harness.watermark(2 * HOUR);
      rides(empty, 0, 10, "Rome");
      empty.watermark(HOUR);

      assertThat(outcomes(harness)).containsExactly(DriftOutcome.STABLE, DriftOutcome.DRIFT);
      assertThat(outcomes(empty)).containsExactly(DriftOutcome.INSUFFICIENT_DATA);
    }
  }

  @Test
  void shouldObeyOrdersAboutTheReference() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      rides(harness, 0, 10, "Rome");
      rides(harness, HOUR, 12, "Rome");
      harness.watermark(2 * HOUR);
      harness.order(new DriftControl("m", DriftControl.Action.PROMOTE, "v2"));
      harness.failAndComeBack();
      rides(harness, 2 * HOUR, 12, "Rome");
      harness.watermark(3 * HOUR);
      harness.order(new DriftControl("m", DriftControl.Action.REBUILD, ""));
      rides(harness, 3 * HOUR, 14, "Rome");
      rides(harness, 4 * HOUR, 14, "Rome");
      harness.watermark(5 * HOUR);

      assertThat(outcomes(harness))
          .containsExactly(
              DriftOutcome.BASELINE,
              DriftOutcome.DRIFT,
              DriftOutcome.STABLE,
              DriftOutcome.BASELINE,
              DriftOutcome.STABLE);
      assertThat(harness.summaries.get(2).reference())
          .isEqualTo("v2, promoted window from 1970-01-01T01:00:00Z");
    }
  }

  @Test
  void shouldWaitForTheReferenceThatIsPinned() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.PINNED, 0))) {
      rides(harness, 0, 10, "Rome");
      harness.watermark(HOUR);
      harness.order(new DriftControl("m", DriftControl.Action.PROMOTE, "v2"));
      rides(harness, HOUR, 10, "Rome");
      harness.watermark(2 * HOUR);
      harness.order(new DriftControl("m", DriftControl.Action.PROMOTE, "v1"));
      rides(harness, 2 * HOUR, 10, "Rome");
      harness.watermark(3 * HOUR);

      assertThat(outcomes(harness))
          .containsExactly(DriftOutcome.BASELINE, DriftOutcome.BASELINE, DriftOutcome.STABLE);
    }
  }

  @Test
  void shouldAdviseToRetrainWhenTheLossRises() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      for (int i = 0; i < 2_000; i++) {
        harness.feedback(new Feedback("m", Math.abs(random.nextGaussian()), i));
      }
      assertThat(harness.advice).isEmpty();
      for (int i = 2_000; i < 2_200; i++) {
        harness.feedback(new Feedback("m", 1 + Math.abs(random.nextGaussian()), i));
      }
      harness.failAndComeBack();

      assertThat(harness.advice).hasSize(1);
      assertThat(harness.advice.get(0).shouldRetrain()).isTrue();
      assertThat(harness.advice.get(0).cause()).isEqualTo(RetrainingAdvice.Cause.PERFORMANCE);
      assertThat(harness.advice.get(0).sinceMillis()).isBetween(1_950L, 2_020L);
      for (int i = 2_200; i < 3_000; i++) {
        harness.feedback(new Feedback("m", Math.abs(random.nextGaussian()), i));
      }
      assertThat(harness.advice).hasSize(2);
      assertThat(harness.advice.get(1).shouldRetrain()).isFalse();
    }
  }

  @Test
  void shouldShowNoValueOfAConfidentialColumn() throws Exception {
    DriftMonitorSpec spec =
        new DriftMonitorSpec(
            "m",
            "rides",
            false,
            Duration.ofHours(1),
            Duration.ofHours(1),
            new DriftReference(
                DriftReference.Kind.FIRST, Duration.ofHours(1), Path.of(""), "", "first 1h"),
            List.of(
                new DriftMonitorSpec.Column("fare", List.of()),
                new DriftMonitorSpec.Column("city", List.of())),
            Optional.empty(),
            new DriftMonitorSpec.Alarm(0.25, 0.01, 0.3, 2, 100));
    DriftPlan plan =
        DriftPlan.bind(spec, ROWS, Set.of("fare", "city"), Set.of("fare", "city"), false);
    try (DriftHarness harness = new DriftHarness(plan)) {
      rides(harness, 0, 10, "Rome", "Oslo");
      rides(harness, HOUR, 10, "Rome", "Atlantis");
      harness.watermark(2 * HOUR);

      assertThat(harness.results).hasSize(4);
      assertThat(harness.results.toString()).doesNotContain("Rome", "Oslo", "Atlantis");
      assertThat(harness.results)
          .allSatisfy(
              result -> {
                assertThat(result.quantiles()).isEmpty();
                assertThat(result.profile().min()).isNaN();
              });
      assertThat(harness.results.get(3).newCategories()).hasSize(1);
    }
  }

  @Test
  void shouldForgetWhatItLearntForOtherWindows() throws Exception {
    try (DriftHarness harness = new DriftHarness(hourly(DriftReference.Kind.FIRST, 1))) {
      rides(harness, 0, 10, "Rome");
      harness.watermark(HOUR);
      harness.failAndComeBackAs(hourly(DriftReference.Kind.TRAILING, 2));
      rides(harness, HOUR, 10, "Rome");
      harness.watermark(2 * HOUR);

      assertThat(outcomes(harness)).containsExactly(DriftOutcome.BASELINE, DriftOutcome.BASELINE);
    }
  }
}
