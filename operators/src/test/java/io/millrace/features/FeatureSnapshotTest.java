package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.APPROX_DISTINCT;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.FeatureHarness.Backend;
import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/**
 * Random streams whose snapshots are written late, while the rows that follow are worked on, or
 * move the state to another backend. What is emitted is held, step by step and to the bit, against
 * a run that nothing disturbs.
 *
 * <p>On the heap backend a snapshot shares its objects with the running operator until it is
 * written, and the operator changes heads in place: only the copies that the serializers make at
 * the first touch keep the two apart.
 */
class FeatureSnapshotTest {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);
  private static final String[] DRIVERS = {"ada", "bob", "cyn"};
  private static final Duration EMIT_EVERY = Duration.ofSeconds(1);

  private long vectors;
  private int restores;

  /** A moment of a stream: rides come, and perhaps time passes. */
  private record Step(List<Ride> rides, long watermark, long processingTimeMillis) {
    void play(FeatureHarness harness) throws Exception {
      for (Ride ride : rides) {
        harness.ride(ride);
      }
      passTime(harness);
    }

    /** What a restored operator has to be told of the time. */
    void passTime(FeatureHarness harness) throws Exception {
      harness.watermark(watermark);
      harness.processingTime(processingTimeMillis);
    }
  }

  /** A snapshot that was taken after a step. */
  private record Taken(int step, OperatorSnapshotFutures snapshot) {}

  /** How the snapshots that are open at the same time are written. */
  private enum Writing {
    OLDEST_FIRST,
    NEWEST_FIRST,
    ANY_FIRST,
    BESIDE_THE_ROWS
  }

  @Test
  void shouldStayExactWhileASnapshotIsStillBeingWritten() throws Exception {
    for (int run = 0; run < 4; run++) {
      for (ViewFixture view : views()) {
        disturbed(view, run, 80, Duration.ZERO, Writing.values()[run], 1);
      }
    }
    report(8_000, 100);
  }

  @Test
  void shouldStayExactWhileSeveralSnapshotsOverlap() throws Exception {
    for (Writing writing : Writing.values()) {
      int run = 10 + writing.ordinal();
      for (ViewFixture view : views()) {
        disturbed(view, run, 80, Duration.ZERO, writing, 4);
      }
    }
    report(8_000, 100);
  }

  @Test
  void shouldStayExactWhileASnapshotIsBeingWrittenAndValuesAreHeldBack() throws Exception {
    for (Writing writing : Writing.values()) {
      disturbed(views().get(0), 20 + writing.ordinal(), 150, EMIT_EVERY, writing, 3);
    }
    report(300, 40);
  }

  @Test
  void shouldStayExactWhenStateMovesBetweenBackends() throws Exception {
    for (int run = 30; run < 32; run++) {
      for (ViewFixture view : views()) {
        moved(view, run, 60);
      }
    }
    report(3_000, 40);
  }

  /** Windows within a chunk, over several, and so wide that partial totals have three levels. */
  private static List<ViewFixture> views() {
    return List.of(
        prices(FeatureOracleTest.every(ViewFixture.hop(20), 8, 60, 300), 8, 300),
        prices(FeatureOracleTest.every(ViewFixture.hop(20), 90, 6000), 90, 6000),
        prices(FeatureOracleTest.every(ViewFixture.hop(20))),
        FeatureOracleTest.numbers(ViewFixture.hop(20), 8, 60, 300),
        FeatureOracleTest.numbers(ViewFixture.hop(20), 90, 6000));
  }

  /** So many prices differ that the sketch of them becomes dense. */
  private static ViewFixture prices(ViewFixture view, long... tiles) {
    return view.with("prices", APPROX_DISTINCT, "price", tiles);
  }

  private void disturbed(
      ViewFixture view, int run, int steps, Duration emitEvery, Writing writing, int overlapping)
      throws Exception {
    List<Step> stream = stream(view, run, steps);
    List<List<String>> undisturbed = undisturbed(view, stream, emitEvery);
    Random random = new Random(SEED - run);
    List<Taken> open = new ArrayList<>();
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP, emitEvery)) {
      for (int step = 0; step < steps; step++) {
        List<CompletableFuture<OperatorSubtaskState>> written = new ArrayList<>();
        List<Taken> writtenNow = new ArrayList<>();
        if (writing == Writing.BESIDE_THE_ROWS && open.size() == overlapping) {
          for (Taken taken : open) {
            written.add(CompletableFuture.supplyAsync(() -> write(taken)));
          }
          writtenNow.addAll(open);
          open.clear();
        }
        stream.get(step).play(harness);
        assertThat(told(view, harness.emitted()))
            .as("%s of the run with snapshots", where(run, step, writing))
            .isEqualTo(undisturbed.get(step));
        for (int i = 0; i < written.size(); i++) {
          OperatorSubtaskState state = written.get(i).join();
          restored(view, stream, undisturbed, emitEvery, writtenNow.get(i), state, run, writing);
        }
        if (open.size() < overlapping && random.nextInt(3) == 0) {
          open.add(new Taken(step, harness.beginSnapshot()));
        } else if (!open.isEmpty()
            && writing != Writing.BESIDE_THE_ROWS
            && random.nextInt(3 * overlapping) == 0) {
          Taken taken = next(open, writing, random);
          restored(view, stream, undisturbed, emitEvery, taken, write(taken), run, writing);
        }
      }
      while (!open.isEmpty()) {
        Taken taken = next(open, writing, random);
        restored(view, stream, undisturbed, emitEvery, taken, write(taken), run, writing);
      }
    }
  }

  private static Taken next(List<Taken> open, Writing writing, Random random) {
    return open.remove(
        switch (writing) {
          case OLDEST_FIRST, BESIDE_THE_ROWS -> 0;
          case NEWEST_FIRST -> open.size() - 1;
          case ANY_FIRST -> random.nextInt(open.size());
        });
  }

  private static OperatorSubtaskState write(Taken taken) {
    try {
      return FeatureHarness.write(taken.snapshot());
    } catch (Exception e) {
      throw new AssertionError("snapshot after step " + taken.step(), e);
    }
  }

  /** The rest of the stream, from a snapshot. */
  private void restored(
      ViewFixture view,
      List<Step> stream,
      List<List<String>> undisturbed,
      Duration emitEvery,
      Taken taken,
      OperatorSubtaskState state,
      int run,
      Writing writing)
      throws Exception {
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP, emitEvery, state)) {
      String from = "restored from step " + taken.step();
      stream.get(taken.step()).passTime(harness);
      assertThat(harness.emitted()).as("%s %s", where(run, taken.step(), writing), from).isEmpty();
      for (int step = taken.step() + 1; step < stream.size(); step++) {
        stream.get(step).play(harness);
        assertThat(told(view, harness.emitted()))
            .as("%s %s", where(run, step, writing), from)
            .isEqualTo(undisturbed.get(step));
      }
    }
    restores++;
  }

  private void moved(ViewFixture view, int run, int steps) throws Exception {
    List<Step> stream = stream(view, run, steps);
    List<List<String>> undisturbed = undisturbed(view, stream, Duration.ZERO);
    Random random = new Random(SEED - run);
    Backend backend = Backend.HEAP;
    try (FeatureHarness harness = new FeatureHarness(view, backend)) {
      for (int step = 0; step < steps; step++) {
        stream.get(step).play(harness);
        assertThat(told(view, harness.emitted()))
            .as("seed %d run %d step %d on %s", SEED, run, step, backend)
            .isEqualTo(undisturbed.get(step));
        if (random.nextInt(6) == 0) {
          backend = backend == Backend.HEAP ? Backend.ROCKSDB : Backend.HEAP;
          assertThat(harness.moveTo(backend, view)).isEmpty();
          stream.get(step).passTime(harness);
          assertThat(harness.emitted()).isEmpty();
          restores++;
        }
      }
      if (view.plan().windows() > 0) {
        harness.watermark(stream.get(steps - 1).watermark() + 10 * widestMillis(view));
        assertThat(harness.entries()).as("state at the end, run %d", run).isZero();
        assertThat(harness.timers()).as("timers at the end, run %d", run).isZero();
      }
    }
  }

  private List<List<String>> undisturbed(ViewFixture view, List<Step> stream, Duration emitEvery)
      throws Exception {
    List<List<String>> told = new ArrayList<>();
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP, emitEvery)) {
      for (Step step : stream) {
        step.play(harness);
        told.add(told(view, harness.emitted()));
      }
    }
    vectors += told.stream().mapToLong(List::size).sum();
    return told;
  }

  /** The vectors in words. Timers of one time ring in no order, so that drivers are sorted. */
  private static List<String> told(ViewFixture view, List<FeatureVector> emitted) {
    RowType type = view.plan().schema().values();
    return emitted.stream()
        .sorted(Comparator.comparing(vector -> vector.entity().getString(0).toString()))
        .map(
            vector ->
                vector.entity().getString(0)
                    + " @"
                    + vector.eventTimeMillis()
                    + "/"
                    + vector.revision()
                    + " "
                    + FeatureOracleTest.features(vector.values(), type))
        .toList();
  }

  private static List<Step> stream(ViewFixture view, int run, int steps) {
    Random random = new Random(SEED + run);
    long widest = widestMillis(view);
    long clock = 1_700_000_000_000L;
    long watermark = clock - widest;
    long processingTime = 0;
    List<Ride> retractable = new ArrayList<>();
    List<Step> stream = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      // Now and then everything leaves the windows, and keys are forgotten.
      clock += random.nextInt(40) == 0 ? 3 * widest : random.nextLong(widest / 20 + 1);
      List<Ride> rides = new ArrayList<>();
      for (int ride = random.nextInt(step % 10 == 0 ? 120 : 12); ride > 0; ride--) {
        if (!retractable.isEmpty() && random.nextInt(8) == 0) {
          rides.add(retractable.remove(random.nextInt(retractable.size())).takenBack());
        } else {
          Ride any = anyRide(random, run, clock, widest);
          retractable.add(any);
          rides.add(any);
        }
      }
      if (random.nextInt(3) == 0) {
        watermark = Math.max(watermark, clock - random.nextLong(widest / 2 + 1));
      }
      processingTime += random.nextLong(EMIT_EVERY.toMillis() / 2);
      stream.add(new Step(rides, watermark, processingTime));
    }
    return stream;
  }

  private static long widestMillis(ViewFixture view) {
    return view.aggregations().stream()
        .flatMap(each -> each.windows().stream())
        .mapToLong(window -> window.length().toMillis())
        .max()
        .orElse(50 * view.hopMillis());
  }

  private static Ride anyRide(Random random, int run, long clock, long widest) {
    String driver = DRIVERS[(int) (DRIVERS.length * random.nextDouble() * random.nextDouble())];
    long time =
        switch (random.nextInt(8)) {
          case 0 -> clock - random.nextLong(widest * 5 / 4);
          case 1, 2 -> clock - random.nextLong(widest / 10 + 1);
          default -> clock - random.nextLong(40);
        };
    // In every other run values grow with time, so that the smallest is always the next to leave.
    int minutes = run % 2 == 0 ? random.nextInt(50) : (int) (time / 10 % 100_000);
    Double price = random.nextInt(10) == 0 ? null : random.nextInt(100_000) / 100.0;
    String zone = random.nextInt(10) == 0 ? null : "z" + random.nextInt(12);
    return new Ride(driver, time, RowKind.INSERT, minutes, price, zone);
  }

  private static String where(int run, int step, Writing writing) {
    return "seed %d run %d step %d, %s".formatted(SEED, run, step, writing);
  }

  private void report(int vectorsAtLeast, int restoresAtLeast) {
    System.out.printf(
        "FeatureSnapshotTest: %,d vectors, %,d restores, seed %d%n", vectors, restores, SEED);
    assertThat(vectors).isGreaterThanOrEqualTo(vectorsAtLeast);
    assertThat(restores).isGreaterThanOrEqualTo(restoresAtLeast);
  }
}
