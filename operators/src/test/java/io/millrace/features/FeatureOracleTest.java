package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.AVG;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MAX;
import static io.millrace.pipeline.AggregateFunction.MIN;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.FeatureHarness.Backend;
import io.millrace.features.ViewFixture.Ride;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/**
 * Random streams with disorder, late and equal times, retractions and idle keys, held after every
 * step against {@link BruteForce}: values, version and revision of every key.
 */
class FeatureOracleTest {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);
  private static final String[] DRIVERS = {"ada", "bob", "cyn", "dee"};

  private int checks;
  private WorkingMemory memory = WorkingMemory.DEFAULT;

  private enum Failing {
    NEVER,
    SNAPSHOT_EACH_STEP,
    RESTORE_EACH_STEP
  }

  @Test
  void shouldEqualBruteForceWithinOneChunkOfTiles() throws Exception {
    ViewFixture view = five(ViewFixture.hop(1000), 5, 60);
    for (int run = 0; run < 10; run++) {
      run(view, run, 400, Backend.HEAP, Failing.NEVER, false);
    }
    report(10_000);
  }

  @Test
  void shouldEqualBruteForceOverManyChunks() throws Exception {
    ViewFixture view = five(ViewFixture.hop(7), 1, 64, 130, 1000);
    for (int run = 0; run < 10; run++) {
      run(view, run, 400, Backend.HEAP, Failing.NEVER, false);
    }
    report(10_000);
  }

  @Test
  void shouldEqualBruteForceOverWindowsOfManyThousandTiles() throws Exception {
    ViewFixture view = five(ViewFixture.hop(10), 100, 4500, 20_000);
    for (int run = 0; run < 10; run++) {
      run(view, run, 400, Backend.HEAP, Failing.NEVER, false);
    }
    report(10_000);
  }

  @Test
  void shouldEqualBruteForceWithLifetimeFeatures() throws Exception {
    ViewFixture view = five(five(ViewFixture.hop(50), 10, 100));
    for (int run = 0; run < 5; run++) {
      run(view, run, 400, Backend.HEAP, Failing.NEVER, false);
    }
    ViewFixture only = five(ViewFixture.hop(50));
    for (int run = 0; run < 5; run++) {
      run(only, run, 200, Backend.HEAP, Failing.NEVER, false);
    }
    report(5_000);
  }

  @Test
  void shouldEqualBruteForceForEveryAggregateFunction() throws Exception {
    for (int run = 0; run < 6; run++) {
      run(every(ViewFixture.hop(20), 8, 300), run, 200, Backend.HEAP, Failing.NEVER, false);
      run(every(ViewFixture.hop(20), 90, 6000), run, 200, Backend.HEAP, Failing.NEVER, false);
    }
    run(every(ViewFixture.hop(20)), 0, 100, Backend.HEAP, Failing.NEVER, false);
    run(every(ViewFixture.hop(20), 8, 300), 1, 60, Backend.HEAP, Failing.RESTORE_EACH_STEP, false);
    run(every(ViewFixture.hop(20), 90, 6000), 2, 150, Backend.ROCKSDB, Failing.NEVER, false);
    report(50_000);
  }

  @Test
  void shouldEqualBruteForceForNumbersOfBusyKeys() throws Exception {
    for (int run = 0; run < 3; run++) {
      run(numbers(ViewFixture.hop(20), 8, 300), run, 800, Backend.HEAP, Failing.NEVER, false);
      run(numbers(ViewFixture.hop(20), 90, 6000), run, 800, Backend.HEAP, Failing.NEVER, false);
    }
    ViewFixture view = numbers(ViewFixture.hop(20), 90, 6000);
    run(view, 3, 400, Backend.HEAP, Failing.SNAPSHOT_EACH_STEP, false);
    run(view, 4, 200, Backend.HEAP, Failing.RESTORE_EACH_STEP, false);
    ViewFixture sums =
        ViewFixture.hop(20)
            .with("rides", COUNT, "*", 90, 6000)
            .with("minutes", SUM, "minutes", 90, 6000)
            .with("deviation", AggregateFunction.STDDEV, "price", 90, 6000);
    for (int run = 0; run < 3; run++) {
      run(sums, run, 800, Backend.HEAP, Failing.NEVER, true);
    }
    run(sums, 3, 400, Backend.HEAP, Failing.SNAPSHOT_EACH_STEP, true);
    report(50_000);
  }

  @Test
  void shouldEqualBruteForceWhenRowsAreTakenBack() throws Exception {
    ViewFixture view =
        ViewFixture.hop(100)
            .with("rides", COUNT, "*", 10, 200)
            .with("minutes", SUM, "minutes", 10, 200)
            .with("mean", AVG, "minutes", 10, 200)
            .with("price", SUM, "price", 200)
            .with("deviation", AggregateFunction.STDDEV, "price", 10, 200)
            .with("frequent", AggregateFunction.TOP_K, "zone", parameters(0, 4), 10, 200);
    for (int run = 0; run < 10; run++) {
      run(view, run, 400, Backend.HEAP, Failing.NEVER, true);
    }
    ViewFixture lifetime = view.with("ever", COUNT, "*").with("earned", SUM, "price");
    for (int run = 0; run < 5; run++) {
      run(lifetime, run, 400, Backend.HEAP, Failing.NEVER, true);
    }
    report(10_000);
  }

  @Test
  void shouldEqualBruteForceOnHeapWithSnapshotsAfterEachStep() throws Exception {
    run(five(ViewFixture.hop(7), 3, 130), 0, 300, Backend.HEAP, Failing.SNAPSHOT_EACH_STEP, false);
    report(1_000);
  }

  @Test
  void shouldEqualBruteForceOnHeapWhenRestoredAfterEachStep() throws Exception {
    run(five(ViewFixture.hop(7), 3, 130), 0, 150, Backend.HEAP, Failing.RESTORE_EACH_STEP, false);
    report(500);
  }

  @Test
  void shouldEqualBruteForceOnRocksDb() throws Exception {
    run(five(ViewFixture.hop(7), 3, 130), 0, 400, Backend.ROCKSDB, Failing.NEVER, false);
    run(five(ViewFixture.hop(7), 3, 5000), 1, 400, Backend.ROCKSDB, Failing.NEVER, false);
    report(1_000);
  }

  @Test
  void shouldEqualBruteForceOnRocksDbWithSnapshotsAndRestores() throws Exception {
    ViewFixture view = five(ViewFixture.hop(7), 3, 130);
    run(view, 0, 60, Backend.ROCKSDB, Failing.SNAPSHOT_EACH_STEP, false);
    run(view, 0, 30, Backend.ROCKSDB, Failing.RESTORE_EACH_STEP, false);
    report(200);
  }

  @Test
  void shouldEqualBruteForceWhenKeysAreLetGoAllTheTime() throws Exception {
    for (int run = 0; run < 3; run++) {
      memory = new WorkingMemory(run * 1_500);
      run(five(ViewFixture.hop(7), 3, 130), run, 300, Backend.ROCKSDB, Failing.NEVER, false);
      run(five(ViewFixture.hop(7), 3, 5000), run, 300, Backend.ROCKSDB, Failing.NEVER, false);
      run(every(ViewFixture.hop(20), 8, 300), run, 60, Backend.ROCKSDB, Failing.NEVER, false);
    }
    memory = new WorkingMemory(0);
    run(
        five(ViewFixture.hop(7), 3, 130),
        3,
        60,
        Backend.ROCKSDB,
        Failing.SNAPSHOT_EACH_STEP,
        false);
    report(10_000);
  }

  private static ViewFixture five(ViewFixture view, long... tiles) {
    String suffix = tiles.length == 0 ? "_ever" : "";
    return view.with("rides" + suffix, COUNT, "*", tiles)
        .with("minutes" + suffix, SUM, "minutes", tiles)
        .with("mean" + suffix, AVG, "minutes", tiles)
        .with("shortest" + suffix, MIN, "minutes", tiles)
        .with("dearest" + suffix, MAX, "price", tiles);
  }

  /** Features of numbers, which need no objects beside the words of a cell. */
  static ViewFixture numbers(ViewFixture view, long... tiles) {
    return five(view, tiles)
        .with("earned", SUM, "price", tiles)
        .with("variance", AggregateFunction.VARIANCE, "price", tiles)
        .with("deviation", AggregateFunction.STDDEV, "minutes", tiles)
        .with("first", AggregateFunction.FIRST, "minutes", tiles)
        .with("last", AggregateFunction.LAST, "minutes", tiles)
        .with(
            "lengths",
            AggregateFunction.HISTOGRAM,
            "minutes",
            new Parameters(Double.NaN, 0, List.of(5.0, 20.0, 1000.0), "", ""),
            tiles);
  }

  /** Features of every aggregate function. */
  static ViewFixture every(ViewFixture view, long... tiles) {
    return view.with("rides", COUNT, "*", tiles)
        .with("minutes", SUM, "minutes", tiles)
        .with("earned", SUM, "price", tiles)
        .with("mean", AVG, "price", tiles)
        .with("first_zone_name", MIN, "zone", tiles)
        .with("dearest", MAX, "price", tiles)
        .with("variance", AggregateFunction.VARIANCE, "price", tiles)
        .with("deviation", AggregateFunction.STDDEV, "minutes", tiles)
        .with("first", AggregateFunction.FIRST, "zone", tiles)
        .with("last", AggregateFunction.LAST, "minutes", tiles)
        .with("recent", AggregateFunction.LAST_K, "zone", parameters(0, 3), tiles)
        .with("frequent", AggregateFunction.TOP_K, "zone", parameters(0, 4), tiles)
        .with("zones", AggregateFunction.APPROX_DISTINCT, "zone", tiles)
        .with("median", AggregateFunction.QUANTILE, "price", parameters(0.5, 0), tiles)
        .with(
            "lengths",
            AggregateFunction.HISTOGRAM,
            "minutes",
            new Parameters(Double.NaN, 0, List.of(5.0, 20.0, 1000.0), "", ""),
            tiles)
        .with(
            "minute_price",
            AggregateFunction.RATIO,
            "",
            new Parameters(Double.NaN, 0, List.of(), "earned", "minutes"),
            tiles);
  }

  private static Parameters parameters(double q, int k) {
    return new Parameters(q, k, List.of(), "", "");
  }

  private void report(int atLeast) {
    System.out.printf("FeatureOracleTest: %,d checks, seed %d%n", checks, SEED);
    assertThat(checks).isGreaterThanOrEqualTo(atLeast);
  }

  private void run(
      ViewFixture view, int run, int steps, Backend backend, Failing failing, boolean retracting)
      throws Exception {
    Random random = new Random(SEED + run);
    long widest = Math.max(widestMillis(view), 50 * view.hopMillis());
    long clock = run % 3 == 0 ? -2 * widest : 1_700_000_000_000L;
    long watermark = Long.MIN_VALUE;
    BruteForce truth = new BruteForce(view);
    List<Ride> retractable = new ArrayList<>();
    Map<String, FeatureVector> online = new HashMap<>();
    try (FeatureHarness harness = new FeatureHarness(view, backend, Duration.ZERO, memory, null)) {
      for (int step = 0; step < steps; step++) {
        String where = "seed %d run %d step %d".formatted(SEED, run, step);
        if (random.nextInt(4) > 0) {
          Ride ride;
          if (retracting && !retractable.isEmpty() && random.nextInt(4) == 0) {
            ride = retractable.remove(random.nextInt(retractable.size())).takenBack();
          } else {
            clock += random.nextInt(20) == 0 ? pick(random, 2 * widest) : pick(random, widest / 40);
            ride = anyRide(random, run, clock, widest);
            retractable.add(ride);
          }
          truth.ride(ride);
          harness.ride(ride);
        } else {
          watermark = Math.max(watermark, clock - pick(random, widest) + pick(random, widest / 2));
          harness.watermark(watermark);
        }
        if (failing == Failing.SNAPSHOT_EACH_STEP) {
          harness.snapshot();
        }
        List<FeatureVector> emitted =
            new ArrayList<>(
                failing == Failing.RESTORE_EACH_STEP
                    ? harness.failAndRestore()
                    : harness.emitted());
        if (failing == Failing.RESTORE_EACH_STEP && watermark != Long.MIN_VALUE) {
          // A restored source starts its watermark anew.
          harness.watermark(watermark);
          emitted.addAll(harness.emitted());
        }
        emitted.forEach(vector -> write(online, vector));
        check(view, truth, online, watermark, where);
      }
      long end = Math.max(clock, watermark) + 4 * widest;
      harness.watermark(end);
      harness.emitted().forEach(vector -> write(online, vector));
      check(view, truth, online, end, "seed %d run %d at the end".formatted(SEED, run));
      if (view.aggregations().stream().noneMatch(each -> each.windows().isEmpty())) {
        assertThat(harness.entries()).as("state at the end, run %d", run).isZero();
      }
      assertThat(harness.timers()).as("timers at the end, run %d", run).isZero();
    }
  }

  private static long widestMillis(ViewFixture view) {
    return view.aggregations().stream()
        .flatMap(each -> each.windows().stream())
        .mapToLong(window -> window.length().toMillis())
        .max()
        .orElse(0);
  }

  private static long pick(Random random, long bound) {
    return Math.floorMod(random.nextLong(), bound + 1);
  }

  private static Ride anyRide(Random random, int run, long clock, long widest) {
    // Skewed, so that one driver is busy and another one mostly idle.
    String driver = DRIVERS[(int) (DRIVERS.length * random.nextDouble() * random.nextDouble())];
    long time =
        switch (random.nextInt(8)) {
          case 0 -> clock - pick(random, widest * 3 / 2);
          case 1 -> clock - pick(random, widest / 10);
          default -> clock;
        };
    // In every other run values grow with time, so that the smallest is always the next to leave.
    Integer minutes =
        random.nextInt(10) == 0
            ? null
            : run % 2 == 0 ? random.nextInt(50) : (int) (time / 10 % 100_000);
    Double price = random.nextInt(10) == 0 ? null : random.nextInt(10_000) / 100.0;
    String zone = random.nextInt(10) == 0 ? null : "z" + random.nextInt(12);
    return new Ride(driver, time, RowKind.INSERT, minutes, price, zone);
  }

  /** As the online store does: an older version never replaces a newer one. */
  private static void write(Map<String, FeatureVector> online, FeatureVector vector) {
    online.merge(
        vector.entity().getString(0).toString(),
        vector,
        (stored, written) ->
            written.eventTimeMillis() > stored.eventTimeMillis()
                    || (written.eventTimeMillis() == stored.eventTimeMillis()
                        && written.revision() >= stored.revision())
                ? written
                : stored);
  }

  private void check(
      ViewFixture view,
      BruteForce truth,
      Map<String, FeatureVector> online,
      long watermark,
      String where) {
    RowType type = view.plan().schema().values();
    for (String driver : DRIVERS) {
      long newest = truth.newestEvent(driver);
      if (newest == Long.MIN_VALUE) {
        assertThat(online).as(where).doesNotContainKey(driver);
        continue;
      }
      long t = Math.max(watermark, newest);
      FeatureVector vector = online.get(driver);
      String what = where + " driver " + driver + " t " + t;
      assertThat(vector).as(what).isNotNull();
      Map<String, Object> expected = truth.features(driver, t);
      Map<String, Object> found = features(vector.values(), type);
      for (String feature : expected.keySet()) {
        assertFeature(what + " " + feature, found.get(feature), expected.get(feature));
        checks++;
      }
      assertThat(vector.eventTimeMillis())
          .as(what + " version")
          .isEqualTo(truth.versionMillis(driver, t));
      assertThat(vector.revision()).as(what + " revision").isEqualTo(truth.revision(driver, t));
      checks += 2;
    }
  }

  static void assertFeature(String what, Object found, Object expected) {
    if (expected instanceof Double number && found instanceof Double) {
      double slack = 1e-9 * Math.max(1, Math.abs(number));
      assertThat((Double) found).as(what).isBetween(number - slack, number + slack);
    } else {
      assertThat(found).as(what).isEqualTo(expected);
    }
  }

  static Map<String, Object> features(RowData values, RowType type) {
    Map<String, Object> features = new LinkedHashMap<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      Object value = RowData.createFieldGetter(type.getTypeAt(i), i).getFieldOrNull(values);
      features.put(type.getFieldNames().get(i), plain(value, type.getTypeAt(i)));
    }
    return features;
  }

  private static Object plain(Object value, LogicalType type) {
    if (value instanceof StringData text) {
      return text.toString();
    }
    if (value instanceof ArrayData array) {
      LogicalType of = ((ArrayType) type).getElementType();
      ArrayData.ElementGetter getter = ArrayData.createElementGetter(of);
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < array.size(); i++) {
        list.add(plain(getter.getElementOrNull(array, i), of));
      }
      return list;
    }
    return value;
  }
}
