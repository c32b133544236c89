package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.APPROX_DISTINCT;
import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MAX;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.features.FeatureHarness.Backend;
import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A view that changes between a savepoint and its restore. */
class FeatureMigrationTest {
  private static final long START = 1_700_000_000_000L;
  private static final long HOP = 1_000;

  private static ViewFixture before() {
    return ViewFixture.hop(HOP)
        .with("rides", COUNT, "*", 10, 300)
        .with("minutes", SUM, "minutes", 300)
        .with("zones", APPROX_DISTINCT, "zone", 300)
        .with("ever", COUNT, "*");
  }

  /** One ride in each of 200 seconds, of one minute, in one of ten zones. */
  private static FeatureHarness filled(Backend backend, ViewFixture view) throws Exception {
    FeatureHarness harness = new FeatureHarness(view, backend);
    for (int i = 0; i < 200; i++) {
      harness.ride(ride(i));
    }
    harness.emitted();
    return harness;
  }

  private static Ride ride(int second) {
    return new Ride(
        "ada", START + second * HOP, RowKind.INSERT, 1, second / 2.0, "z" + second % 10);
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldKeepTheOthersWhenAViewGainsAFeature(Backend backend) throws Exception {
    try (FeatureHarness harness = filled(backend, before())) {
      ViewFixture after = before().with("dearest", MAX, "price", 10, 300);
      harness.restoreAs(after);
      harness.ride(ride(200));
      Map<String, Object> features = features(harness, after);
      assertThat(features)
          .containsEntry("rides_10", 10L)
          .containsEntry("rides_300", 201L)
          .containsEntry("minutes_300", 201L)
          .containsEntry("zones_300", 10L)
          .containsEntry("ever", 201L)
          // It knows what came since it was added.
          .containsEntry("dearest_10", 100.0)
          .containsEntry("dearest_300", 100.0);
      harness.watermark(START + 310 * HOP);
      assertThat(features(harness, after))
          .containsEntry("rides_10", 0L)
          .containsEntry("rides_300", 190L)
          .containsEntry("dearest_10", null)
          .containsEntry("dearest_300", 100.0);
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldComputeANewWindowFromTheTilesThatAreThere(Backend backend) throws Exception {
    try (FeatureHarness harness = filled(backend, before())) {
      ViewFixture after =
          ViewFixture.hop(HOP)
              .with("rides", COUNT, "*", 50, 300, 5000)
              .with("minutes", SUM, "minutes", 300)
              .with("zones", APPROX_DISTINCT, "zone", 5, 300)
              .with("ever", COUNT, "*");
      harness.restoreAs(after);
      harness.ride(ride(200));
      assertThat(features(harness, after))
          .containsEntry("rides_50", 50L)
          .containsEntry("rides_300", 201L)
          .containsEntry("rides_5000", 201L)
          .containsEntry("minutes_300", 201L)
          .containsEntry("zones_5", 5L)
          .containsEntry("zones_300", 10L)
          .containsEntry("ever", 201L);
      harness.watermark(START + 400 * HOP);
      assertThat(features(harness, after))
          .containsEntry("rides_300", 100L)
          .containsEntry("rides_5000", 201L);
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldDropTilesWhenTheWidestWindowGoes(Backend backend) throws Exception {
    try (FeatureHarness harness = filled(backend, before())) {
      ViewFixture after = ViewFixture.hop(HOP).with("rides", COUNT, "*", 70);
      harness.restoreAs(after);
      harness.ride(ride(200));
      FeatureVector vector = last(harness);
      assertThat(vector.values().getLong(0)).isEqualTo(70);
      assertThat(vector.revision()).isEqualTo(70);
      harness.watermark(START + 1_000 * HOP);
      assertThat(last(harness).values().getLong(0)).isZero();
      assertThat(harness.entries()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldSurviveAnotherFailureBeforeAKeyIsTouched(Backend backend) throws Exception {
    try (FeatureHarness harness = filled(backend, before())) {
      ViewFixture after = before().with("dearest", MAX, "price", 300);
      harness.restoreAs(after);
      harness.failAndRestore();
      harness.failAndRestore();
      harness.ride(ride(200));
      assertThat(features(harness, after))
          .containsEntry("rides_300", 201L)
          .containsEntry("zones_300", 10L)
          .containsEntry("dearest_300", 100.0);
      // And back to what it was.
      harness.restoreAs(before());
      harness.ride(ride(201));
      assertThat(features(harness, before())).containsEntry("rides_300", 202L);
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldKeepTheTilesWhenTheViewChangesTwiceBeforeAKeyIsTouched(Backend backend)
      throws Exception {
    try (FeatureHarness harness = filled(backend, before())) {
      ViewFixture once = before().with("dearest", MAX, "price", 300);
      ViewFixture twice =
          before().with("dearest", MAX, "price", 300).with("most", MAX, "minutes", 10, 300);
      harness.restoreAs(once);
      harness.restoreAs(twice);
      harness.ride(ride(200));
      assertThat(features(harness, twice))
          .containsEntry("rides_10", 10L)
          .containsEntry("rides_300", 201L)
          .containsEntry("minutes_300", 201L)
          .containsEntry("zones_300", 10L)
          .containsEntry("ever", 201L);
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldKeepTheTilesWhenTheViewAndTheBackendChangeAtOnce(Backend from) throws Exception {
    Backend to = from == Backend.HEAP ? Backend.ROCKSDB : Backend.HEAP;
    try (FeatureHarness harness = filled(from, before())) {
      ViewFixture after = before().with("dearest", MAX, "price", 300);
      harness.moveTo(to, after);
      harness.ride(ride(200));
      assertThat(features(harness, after))
          .containsEntry("rides_10", 10L)
          .containsEntry("rides_300", 201L)
          .containsEntry("zones_300", 10L)
          .containsEntry("dearest_300", 100.0);
      harness.watermark(START + 400 * HOP);
      assertThat(features(harness, after)).containsEntry("rides_300", 100L);
    }
  }

  /** Its newest event is known, and yet there is no tile of it. */
  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldBeginTheWindowsOfAViewThatHadNone(Backend backend) throws Exception {
    ViewFixture before = ViewFixture.hop(HOP).with("ever", COUNT, "*");
    try (FeatureHarness harness = filled(backend, before)) {
      ViewFixture after = ViewFixture.hop(HOP).with("rides", COUNT, "*", 10, 300);
      after.with("ever", COUNT, "*");
      harness.restoreAs(after);
      harness.ride(ride(150));
      assertThat(features(harness, after))
          .containsEntry("rides_10", 0L)
          .containsEntry("rides_300", 1L)
          .containsEntry("ever", 201L);
      harness.watermark(START + 460 * HOP);
      assertThat(features(harness, after))
          .containsEntry("rides_300", 0L)
          .containsEntry("ever", 201L);
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldRefuseAnotherHop(Backend backend) throws Exception {
    try (FeatureHarness harness = filled(backend, before())) {
      ViewFixture after = ViewFixture.hop(2 * HOP).with("rides", COUNT, "*", 10);
      assertThatThrownBy(() -> harness.restoreAs(after))
          .hasStackTraceContaining(
              "view rides: the savepoint holds tiles of 1000 ms, but hop is now 2000 ms; set hop"
                  + " back to 1000ms, or give the view a new name so that it starts empty");
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldRefuseAnotherTypeOfTheSameInput(Backend backend) throws Exception {
    ViewFixture before = ViewFixture.hop(HOP).with("minutes", SUM, "minutes", 10);
    try (FeatureHarness harness = filled(backend, before)) {
      assertThatThrownBy(() -> harness.restoreAs(before.retyped("minutes", new BigIntType())))
          .hasStackTraceContaining("view rides: the savepoint holds sum(minutes):INT")
          .hasStackTraceContaining("keep the field's type");
    }
  }

  private static FeatureVector last(FeatureHarness harness) throws Exception {
    List<FeatureVector> vectors = harness.emitted();
    assertThat(vectors).isNotEmpty();
    return vectors.get(vectors.size() - 1);
  }

  private static Map<String, Object> features(FeatureHarness harness, ViewFixture view)
      throws Exception {
    return FeatureOracleTest.features(last(harness).values(), view.plan().schema().values());
  }
}
