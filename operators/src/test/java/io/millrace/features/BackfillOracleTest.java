package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.APPROX_DISTINCT;
import static io.millrace.pipeline.AggregateFunction.AVG;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MAX;
import static io.millrace.pipeline.AggregateFunction.MIN;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.features.FeatureHarness.Backend;
import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random rows, cut at random into a baseline, the rest of the history and what comes live: from the
 * moment of the handover on, each vector equals that of an operator that saw all rows from the
 * beginning; values, version and revision.
 */
class BackfillOracleTest {
  private static final long SEED = Long.getLong("millrace.seed", 20261120);
  private static final long START = 1_700_000_000_000L;
  private static final String[] DRIVERS = {"ada", "bob", "cyn", "dee", "eve"};

  @TempDir private Path folder;
  private int checks;

  @Test
  void shouldContinueANewViewAsIfItHadBeenThereAllTheTime() throws Exception {
    for (int run = 0; run < 12; run++) {
      ViewFixture view = run % 3 == 2 ? ever(narrow()) : narrow();
      run(new Case(null, view, run % 2 == 0, false), run);
    }
    report(1_000);
  }

  @Test
  void shouldContinueEveryAggregateFunctionOverManyTiles() throws Exception {
    for (int run = 0; run < 4; run++) {
      ViewFixture view =
          FeatureOracleTest.every(ViewFixture.hop(20), 8, 300, run % 2 == 0 ? 5_000 : 900);
      run(new Case(null, view, run % 2 == 0, false), 100 + run);
    }
    report(200);
  }

  @Test
  void shouldContinueAViewOverChanges() throws Exception {
    ViewFixture view =
        ViewFixture.hop(50)
            .with("rides", COUNT, "*", 10, 200)
            .with("minutes", SUM, "minutes", 10, 200)
            .with("ever", COUNT, "*")
            .with("earned", SUM, "price");
    ViewFixture before = ViewFixture.hop(50).with("rides", COUNT, "*", 10).with("ever", COUNT, "*");
    for (int run = 0; run < 6; run++) {
      run(new Case(run % 2 == 0 ? null : before, view, run % 3 == 0, true), 200 + run);
    }
    report(500);
  }

  @Test
  void shouldGiveANewAggregationItsHistoryAndKeepTheOthers() throws Exception {
    ViewFixture before =
        ViewFixture.hop(50).with("rides", COUNT, "*", 10).with("minutes", SUM, "minutes", 10, 100);
    for (int run = 0; run < 12; run++) {
      ViewFixture view =
          ViewFixture.hop(50)
              .with("rides", COUNT, "*", 10, run % 2 == 0 ? 100 : 300)
              .with("minutes", SUM, "minutes", 10, 100)
              .with("shortest", MIN, "minutes", 20, 100)
              .with("zones", APPROX_DISTINCT, "zone", run % 2 == 0 ? 50 : 300);
      run(new Case(before, run % 3 == 0 ? ever(view) : view, run % 2 == 0, false), 300 + run);
    }
    report(1_000);
  }

  /** Its state began in the middle, and that is how it goes on. */
  @Test
  void shouldKeepWhatAViewComputedAlsoWhereTheHistoryKnowsMore() throws Exception {
    ViewFixture before = ViewFixture.hop(50).with("rides", COUNT, "*", 100);
    ViewFixture after =
        ViewFixture.hop(50)
            .with("rides", COUNT, "*", 100, 1_000)
            .with("minutes", SUM, "minutes", 100);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      steps.add(new Step(Ride.of("ada", START + i * 400L, 1), START + i * 400L));
    }
    OperatorSubtaskState savepoint;
    try (FeatureHarness running = new FeatureHarness(before, Backend.HEAP)) {
      for (Step step : steps.subList(30, 40)) {
        take(running, step);
      }
      savepoint = running.savepoint();
    }
    OperatorSubtaskState state = backfill(after, steps, savepoint, null);
    try (FeatureHarness resumed =
        new FeatureHarness(after.needingHistory(), Backend.ROCKSDB, Duration.ZERO, state)) {
      resumed.processingTime(1);
      List<FeatureVector> vectors = resumed.emitted();
      assertThat(vectors).hasSize(1);
      assertThat(
              FeatureOracleTest.features(vectors.get(0).values(), after.plan().schema().values()))
          // Of the last 13 it had seen 10; the 27 before them lie before the window that it kept.
          .containsEntry("rides_100", 10L)
          .containsEntry("rides_1000", 37L)
          .containsEntry("minutes_100", 13L);
    }
  }

  @Test
  void shouldNotBeginWithoutTheHistoryOfEachAggregation() throws Exception {
    ViewFixture before = ViewFixture.hop(50).with("rides", COUNT, "*", 10);
    ViewFixture after = before.with("longest", MAX, "minutes", 10);
    assertThatThrownBy(() -> new FeatureHarness(after.needingHistory(), Backend.HEAP))
        .hasStackTraceContaining("view rides has bootstrap: offline, but a job that starts empty");
    OperatorSubtaskState state = backfill(narrow(), List.of(), null, null);
    assertThatThrownBy(
            () ->
                new FeatureHarness(
                    ever(narrow()).needingHistory(), Backend.HEAP, Duration.ZERO, state))
        .hasStackTraceContaining(
            "but the savepoint does not hold its history (count(*), max(price)")
        .hasStackTraceContaining("run scripts/millrace backfill PIPELINE rides --into SAVEPOINT");
  }

  /** The first half of the windows, so that only the history can know the other one. */
  private static ViewFixture narrow() {
    return ViewFixture.hop(50)
        .with("rides", COUNT, "*", 5, 60)
        .with("mean", AVG, "minutes", 60, 200)
        .with("shortest", MIN, "minutes", 5, 200)
        .with("dearest", MAX, "price", 60);
  }

  private static ViewFixture ever(ViewFixture view) {
    return view.with("rides_ever", COUNT, "*").with("dearest_ever", MAX, "price");
  }

  private record Case(ViewFixture before, ViewFixture view, boolean baseline, boolean changes) {}

  private record Step(Ride ride, long watermark) {}

  private void run(Case of, int run) throws Exception {
    Random random = new Random(SEED + run);
    String where = "seed %d run %d".formatted(SEED, run);
    List<Step> steps = steps(random, of.changes);
    int cut = 100 + random.nextInt(200);
    Backend from = Backend.values()[random.nextInt(2)];
    Backend to = Backend.values()[random.nextInt(2)];
    OperatorSubtaskState savepoint = null;
    if (of.before != null) {
      try (FeatureHarness running = new FeatureHarness(of.before, from)) {
        for (Step step : steps.subList(0, cut)) {
          take(running, step);
        }
        savepoint = running.savepoint();
      }
    }
    int covered = of.baseline ? random.nextInt(cut) : 0;
    OperatorSubtaskState baseline =
        of.baseline ? backfill(of.view, steps.subList(0, covered), null, null) : null;
    OperatorSubtaskState state =
        backfill(of.view, steps.subList(covered, cut), savepoint, baseline);
    try (FeatureHarness undisturbed = new FeatureHarness(of.view, to);
        FeatureHarness resumed =
            new FeatureHarness(of.view.needingHistory(), to, Duration.ZERO, state)) {
      for (Step step : steps.subList(0, cut)) {
        take(undisturbed, step);
      }
      undisturbed.emitted();
      // The stores hear of every key as soon as the job starts.
      resumed.processingTime(1);
      Set<String> atStart =
          resumed.emitted().stream().map(BackfillOracleTest::driver).collect(toSet());
      resumed.watermark(steps.get(cut - 1).watermark);
      resumed.emitted();
      Map<String, FeatureVector> expected = new HashMap<>();
      Map<String, FeatureVector> found = new HashMap<>();
      for (int i = cut; i < steps.size(); i++) {
        take(undisturbed, steps.get(i));
        take(resumed, steps.get(i));
        undisturbed.emitted().forEach(vector -> expected.put(driver(vector), vector));
        resumed.emitted().forEach(vector -> found.put(driver(vector), vector));
        assertSame(found, expected, where + " step " + i);
      }
      // Keys that fall silent decay and are forgotten like any other.
      long end = steps.get(steps.size() - 1).watermark;
      for (long hops : new long[] {3, 40, 250, 20_000}) {
        undisturbed.watermark(end + hops * of.view.hopMillis());
        resumed.watermark(end + hops * of.view.hopMillis());
        undisturbed.emitted().forEach(vector -> expected.put(driver(vector), vector));
        resumed.emitted().forEach(vector -> found.put(driver(vector), vector));
        assertSame(found, expected, where + " " + hops + " hops after the end");
      }
      Set<String> live =
          steps.subList(cut, steps.size()).stream().map(it -> it.ride.driver()).collect(toSet());
      live.addAll(atStart);
      assertThat(live).as(where).containsAll(found.keySet());
      assertThat(resumed.entries()).as(where).isEqualTo(undisturbed.entries());
      assertThat(resumed.timers()).as(where).isEqualTo(undisturbed.timers());
    }
  }

  private void assertSame(
      Map<String, FeatureVector> found, Map<String, FeatureVector> expected, String where) {
    assertThat(found.keySet()).as(where).isEqualTo(expected.keySet());
    found.forEach((driver, vector) -> assertThat(vector).as(where).isEqualTo(expected.get(driver)));
    checks += found.size();
  }

  private static String driver(FeatureVector vector) {
    return vector.entity().getString(0).toString();
  }

  private static void take(FeatureHarness harness, Step step) throws Exception {
    harness.ride(step.ride);
    harness.watermark(step.watermark);
  }

  private static List<Step> steps(Random random, boolean changes) {
    List<Step> steps = new ArrayList<>();
    List<Ride> added = new ArrayList<>();
    long clock = START;
    for (int i = 0; i < 500; i++) {
      clock += random.nextInt(10) == 0 ? random.nextInt(3_000) : random.nextInt(60);
      long time = clock - (random.nextInt(4) == 0 ? random.nextInt(4_000) : 0);
      Ride ride;
      if (changes && !added.isEmpty() && random.nextInt(4) == 0) {
        ride = added.remove(random.nextInt(added.size())).takenBack();
      } else {
        ride =
            new Ride(
                DRIVERS[random.nextInt(DRIVERS.length)],
                time,
                RowKind.INSERT,
                random.nextInt(8) == 0 ? null : random.nextInt(100),
                random.nextInt(1_000) / 4.0,
                "z" + random.nextInt(6));
        added.add(ride);
      }
      steps.add(new Step(ride, clock - 1_000));
    }
    return steps;
  }

  /** What a backfill makes of rows, in the order in which a batch execution hands them over. */
  private OperatorSubtaskState backfill(
      ViewFixture view,
      List<Step> steps,
      OperatorSubtaskState savepoint,
      OperatorSubtaskState baseline)
      throws Exception {
    RowType entity = view.plan().schema().entity();
    BackfillOperator operator =
        new BackfillOperator(
            view.plan(),
            operatorState(savepoint),
            operatorState(baseline),
            folder.toUri().toString());
    List<Ride> rides =
        steps.stream()
            .map(Step::ride)
            .sorted(Comparator.comparing(Ride::driver).thenComparing(BackfillOracleTest::moment))
            .toList();
    try (KeyedOneInputStreamOperatorTestHarness<RowData, RowData, RowData> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator, new EntityKeySelector(entity), InternalTypeInfo.of(entity))) {
      harness.open();
      for (Ride ride : rides) {
        harness.processElement(new StreamRecord<>(view.row(ride), moment(ride)));
      }
      harness.endInput();
      List<?> written =
          (List<?>)
              operator
                  .getRuntimeContext()
                  .getAccumulator(BackfillTopology.writtenBy(view.plan().schema().view()))
                  .getLocalValue();
      return ((BackfilledState) written.get(0)).state();
    }
  }

  private static long moment(Ride ride) {
    return Moments.at(ride.timeMillis(), ride.retracts() ? Moments.SECOND : Moments.FIRST);
  }

  private static OperatorState operatorState(OperatorSubtaskState of) {
    if (of == null) {
      return null;
    }
    OperatorState state = new OperatorState(null, null, new OperatorID(), 1, 1);
    state.putState(0, of);
    return state;
  }

  private void report(int atLeast) {
    System.out.printf("BackfillOracleTest: %,d checks, seed %d%n", checks, SEED);
    assertThat(checks).isGreaterThanOrEqualTo(atLeast);
  }
}
