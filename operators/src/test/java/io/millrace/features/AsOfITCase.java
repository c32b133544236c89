package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.AVG;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MAX;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.features.FeatureHarness.Backend;
import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

/**
 * Entities as of a moment through Flink's batch runtime, held against the last vectors that the
 * online operators had emitted of the same rows: values, event times, revisions, deletions.
 */
class AsOfITCase {
  private static final long SEED = Long.getLong("millrace.seed", 20261120);
  private static final long NEW_YEAR = 1_700_000_000_000L;

  private final ViewFixture windowed =
      ViewFixture.hop(100)
          .with("rides", COUNT, "*", 10, 200)
          .with("mean", AVG, "price", 10)
          .with("dearest", MAX, "price", 200);
  private final ViewFixture withLifetime =
      ViewFixture.hop(100).with("rides", COUNT, "*", 30).with("earned", SUM, "price");

  private int hashMask = EntityHash.WHOLE;

  @Test
  void shouldBeWhatTheOnlineOperatorHadEmittedLast() throws Exception {
    for (ViewFixture view : List.of(windowed, withLifetime)) {
      Random random = new Random(SEED);
      List<Ride> history = QuestionITCase.rides(random, NEW_YEAR, 800);
      long last = history.get(history.size() - 1).timeMillis();
      for (long at : new long[] {history.get(300).timeMillis(), last, last + 5_000}) {
        Map<String, FeatureVector> found =
            vectors(QuestionITCase.aggregated(view, Duration.ZERO), false, history, AsOf.all(at));
        assertThat(found).as("seed %d at %d", SEED, at).isEqualTo(online(view, history, at));
        assertThat(found).hasSizeGreaterThan(2);
      }
    }
  }

  @Test
  void shouldTellEntitiesApartThatShareAHash() throws Exception {
    hashMask = 1;
    List<Ride> history = QuestionITCase.rides(new Random(SEED + 1), NEW_YEAR, 300);
    long at = history.get(200).timeMillis();

    assertThat(
            vectors(
                QuestionITCase.aggregated(windowed, Duration.ZERO), false, history, AsOf.all(at)))
        .isEqualTo(online(windowed, history, at));
  }

  @Test
  void shouldLeaveAloneWhatDidNotChangeSinceAndTakeInNoOlderRowsThanItSays() throws Exception {
    CompiledView view = QuestionITCase.aggregated(windowed, Duration.ZERO);
    Random random = new Random(SEED + 2);
    List<Ride> history = QuestionITCase.rides(random, NEW_YEAR, 600);
    // Some who have long been silent, so that there is something to leave out.
    for (int i = 0; i < 20; i++) {
      history.add(Ride.of("silent" + i, NEW_YEAR + 1_000L * i, 5));
    }
    long at = NEW_YEAR + 42_000;
    long since = NEW_YEAR + 35_000;
    AsOf recent = new AsOf(at, since);
    assertThat(recent.oldestRowMillis(view, false)).isEqualTo(since - 200 * 100 - 100);

    Map<String, FeatureVector> changed = vectors(view, false, history, recent);

    Map<String, FeatureVector> all = vectors(view, false, history, AsOf.all(at));
    assertThat(all.values()).anyMatch(it -> it.eventTimeMillis() < since);
    Map<String, FeatureVector> expected = new TreeMap<>(all);
    expected.values().removeIf(it -> it.eventTimeMillis() < since);
    assertThat(changed).isEqualTo(expected).isNotEmpty();
    // What was there before and what changed since is everything.
    Map<String, FeatureVector> both = new TreeMap<>(vectors(view, false, history, AsOf.all(since)));
    both.putAll(changed);
    assertThat(both).isEqualTo(all);
  }

  @Test
  void shouldWantAllOfHistoryWhereAllOfItCounts() throws Exception {
    AsOf recent = new AsOf(2_000, 1_000);
    CompiledView lifetime = QuestionITCase.aggregated(withLifetime, Duration.ZERO);
    CompiledView windows = QuestionITCase.aggregated(windowed, Duration.ZERO);

    assertThat(recent.oldestRowMillis(lifetime, false)).isEqualTo(Long.MIN_VALUE);
    assertThat(recent.oldestRowMillis(windows, true)).isEqualTo(Long.MIN_VALUE);
    assertThat(AsOf.all(2_000).oldestRowMillis(windows, false)).isEqualTo(Long.MIN_VALUE);
    assertThat(
            recent.oldestRowMillis(
                QuestionITCase.latest(Optional.empty(), Optional.empty()), false))
        .isEqualTo(Long.MIN_VALUE);
    assertThatThrownBy(() -> new AsOf(1_000, 2_000)).hasMessageContaining("2000");
  }

  @Test
  void shouldForgetWhatTheOnlineStoreHasLetExpire() throws Exception {
    ViewFixture view = ViewFixture.hop(100).with("rides", COUNT, "*", 10);
    CompiledView compiled = QuestionITCase.aggregated(view, Duration.ofMillis(5_000));
    List<Ride> rides = List.of(Ride.of("ada", 1_000, 3), Ride.of("bob", 3_000, 3));
    long firstLeaves = 1_000 + 1_000;

    assertThat(vectors(compiled, false, rides, AsOf.all(firstLeaves + 4_999)))
        .containsOnlyKeys("ada", "bob");
    assertThat(vectors(compiled, false, rides, AsOf.all(firstLeaves + 5_000)))
        .containsOnlyKeys("bob");
  }

  @Test
  void shouldBeTheNewestRowOfATableAndItsDeletion() throws Exception {
    Random random = new Random(SEED + 3);
    List<Ride> changes = new ArrayList<>();
    long clock = NEW_YEAR;
    for (int i = 0; i < 400; i++) {
      // At times an entity stays deleted for longer than it is remembered.
      clock += random.nextInt(15) == 0 ? random.nextInt(5_000_000) : 1 + random.nextInt(50_000);
      RowKind kind =
          random.nextInt(4) == 0
              ? RowKind.DELETE
              : random.nextBoolean() ? RowKind.INSERT : RowKind.UPDATE_AFTER;
      changes.add(
          new Ride("driver" + random.nextInt(12), clock, kind, random.nextInt(20), 1.0, "z1"));
    }
    for (boolean changelog : new boolean[] {true, false}) {
      List<Ride> rows =
          changelog ? changes : changes.stream().filter(it -> it.kind() != RowKind.DELETE).toList();
      CompiledView view = QuestionITCase.latest(Optional.of("minutes > 3"), Optional.empty());
      long at = changes.get(380).timeMillis();

      Map<String, FeatureVector> found =
          vectors(view, changelog, QuestionITCase.shuffled(rows, random), AsOf.all(at));

      assertThat(found)
          .as("seed %d changelog %s", SEED, changelog)
          .isEqualTo(online(view.latest().orElseThrow(), changelog, rows, at));
      assertThat(found.values().stream().filter(FeatureVector::deleted).count() > 0)
          .isEqualTo(changelog);
    }
  }

  /** Rows come out of order by less than the watermark lags behind them. */
  private static Map<String, FeatureVector> online(ViewFixture view, List<Ride> history, long at)
      throws Exception {
    Random random = new Random(SEED);
    long disorder = 700;
    List<Ride> arrivals =
        history.stream()
            .filter(ride -> ride.timeMillis() <= at)
            .map(ride -> Map.entry(ride.timeMillis() + random.nextLong(disorder), ride))
            .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
            .map(Map.Entry::getValue)
            .toList();
    Map<String, FeatureVector> last = new TreeMap<>();
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP)) {
      long newest = Long.MIN_VALUE;
      for (Ride ride : arrivals) {
        newest = Math.max(newest, ride.timeMillis());
        harness.ride(ride);
        harness.watermark(newest - disorder);
      }
      harness.watermark(at);
      harness.emitted().forEach(it -> last.put(it.entity().getString(0).toString(), it));
    }
    return last;
  }

  private static Map<String, FeatureVector> online(
      LatestPlan plan, boolean changelog, List<Ride> rows, long at) throws Exception {
    EntityKeySelector entity = new EntityKeySelector(plan.schema().entity());
    Map<String, FeatureVector> last = new TreeMap<>();
    try (var harness =
        new KeyedOneInputStreamOperatorTestHarness<RowData, RowData, FeatureVector>(
            new KeyedProcessOperator<>(new LatestFunction(plan, changelog, Duration.ZERO)),
            entity,
            InternalTypeInfo.of(plan.schema().entity()))) {
      harness.open();
      for (Ride ride : rows) {
        if (ride.timeMillis() <= at) {
          harness.processWatermark(ride.timeMillis() - 1);
          harness.processElement(
              new StreamRecord<>(
                  GenericRowData.ofKind(
                      ride.kind(),
                      StringData.fromString(ride.driver()),
                      ride.minutes(),
                      ride.minutes() > 3),
                  ride.timeMillis()));
        }
      }
      harness
          .extractOutputValues()
          .forEach(it -> last.put(it.entity().getString(0).toString(), it));
    }
    return last;
  }

  private Map<String, FeatureVector> vectors(
      CompiledView view, boolean changelog, List<Ride> rides, AsOf asOf) throws Exception {
    StreamExecutionEnvironment env = QuestionITCase.batch();
    DataStream<RowData> inputs =
        view.program().applyTo(QuestionITCase.events(env, rides), "inputs");
    Map<String, FeatureVector> vectors = new TreeMap<>();
    try (CloseableIterator<FeatureVector> found =
        AsOfTopology.vectors(view, changelog, inputs, asOf, "test", hashMask).executeAndCollect()) {
      found.forEachRemaining(
          it -> assertThat(vectors.put(it.entity().getString(0).toString(), it)).isNull());
    }
    return vectors;
  }
}
