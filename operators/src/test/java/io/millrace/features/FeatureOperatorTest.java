package io.millrace.features;

import static io.millrace.pipeline.AggregateFunction.COUNT;
import static io.millrace.pipeline.AggregateFunction.MIN;
import static io.millrace.pipeline.AggregateFunction.SUM;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.features.FeatureHarness.Backend;
import io.millrace.features.ViewFixture.Ride;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionInternalTimeServiceManager;
import org.apache.flink.streaming.api.operators.sorted.state.BatchExecutionStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stories of one driver; a hop is a minute, and tiles are named after the minute they start. */
class FeatureOperatorTest {
  private static final long MINUTE = 60_000;
  private static final long TEN_O_CLOCK = 1_700_042_400_000L;

  private final ViewFixture hourly =
      ViewFixture.hop(MINUTE).with("rides", COUNT, "*", 5, 60).with("minutes", SUM, "minutes", 60);

  private static long at(int hour, int minute) {
    return TEN_O_CLOCK + ((hour - 10) * 60L + minute) * MINUTE;
  }

  private static Ride ride(long time, int minutes) {
    return Ride.of("ada", time, minutes);
  }

  @Test
  void shouldEmitOnEveryEventAndDecayWhileNothingComes() throws Exception {
    try (FeatureHarness harness = new FeatureHarness(hourly, Backend.HEAP)) {
      harness.ride(ride(at(10, 15) + 42_000, 20));
      assertVector(harness.emitted(), 1L, 1L, 20L, at(10, 15) + 42_000, 1);
      harness.ride(ride(at(10, 16), 10));
      assertVector(harness.emitted(), 2L, 2L, 30L, at(10, 16), 2);

      harness.watermark(at(10, 20) - 1);
      assertThat(harness.emitted()).isEmpty();
      harness.watermark(at(10, 20));
      assertVector(harness.emitted(), 1L, 2L, 30L, at(10, 20), 2);
      harness.watermark(at(11, 15) - 1);
      assertVector(harness.emitted(), 0L, 2L, 30L, at(10, 21), 2);
      harness.watermark(at(11, 15));
      assertVector(harness.emitted(), 0L, 1L, 10L, at(11, 15), 1);
      harness.watermark(at(11, 16));
      assertVector(harness.emitted(), 0L, 0L, null, at(11, 16), 0);
    }
  }

  @Test
  void shouldJumpToNowWhenTheWatermarkDoes() throws Exception {
    try (FeatureHarness harness = new FeatureHarness(hourly, Backend.HEAP)) {
      harness.ride(ride(at(10, 15), 20));
      harness.ride(ride(at(10, 40), 10));
      harness.emitted();
      harness.watermark(at(11, 20));
      assertVector(harness.emitted(), 0L, 1L, 10L, at(11, 15), 1);
    }
  }

  @Test
  void shouldRepairTheTileWhenAnEventIsLate() throws Exception {
    try (FeatureHarness harness = new FeatureHarness(hourly, Backend.HEAP)) {
      harness.ride(ride(at(10, 50), 20));
      harness.watermark(at(10, 45));
      harness.emitted();
      harness.ride(ride(at(10, 5), 7));
      // Had it come in time, its minute would have left the shorter window at 10:10.
      assertVector(harness.emitted(), 1L, 2L, 27L, at(10, 50), 2);
      harness.watermark(at(11, 5));
      assertVector(harness.emitted(), 0L, 1L, 20L, at(11, 5), 1);
      assertThat(harness.late()).isEmpty();
    }
  }

  @Test
  void shouldSendAsideWhatNoWindowCovers() throws Exception {
    try (FeatureHarness harness = new FeatureHarness(hourly, Backend.HEAP)) {
      harness.ride(ride(at(12, 0), 20));
      harness.emitted();
      harness.ride(ride(at(11, 0) + 59_999, 7));
      assertThat(harness.emitted()).isEmpty();
      assertThat(harness.late()).hasSize(1);
      harness.ride(ride(at(11, 1), 7));
      assertVector(harness.emitted(), 1L, 2L, 27L, at(12, 0), 2);
      assertThat(harness.late()).hasSize(1);
    }
  }

  @Test
  void shouldCountLateRowsInLifetimeFeatures() throws Exception {
    ViewFixture view =
        ViewFixture.hop(MINUTE).with("hour", COUNT, "*", 60).with("ever", COUNT, "*");
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP)) {
      harness.ride(ride(at(12, 0), 20));
      harness.emitted();
      harness.ride(ride(at(9, 0), 20));
      FeatureVector vector = only(harness.emitted());
      assertThat(vector.values().getLong(0)).isEqualTo(1);
      assertThat(vector.values().getLong(1)).isEqualTo(2);
      assertThat(harness.late()).hasSize(1);
    }
  }

  @Test
  void shouldSendAsideRowsWithoutOrWithAnImpossibleTime() throws Exception {
    try (FeatureHarness harness = new FeatureHarness(hourly, Backend.HEAP)) {
      harness.rideWithoutTime(ride(0, 1));
      harness.ride(ride(Long.MAX_VALUE - 1, 1));
      harness.ride(ride(Long.MIN_VALUE + 1, 1));
      assertThat(harness.emitted()).isEmpty();
      assertThat(harness.late()).hasSize(3);
      assertThat(harness.entries()).isZero();
    }
  }

  @Test
  void shouldFollowAnUpdateOfARow() throws Exception {
    ViewFixture view =
        ViewFixture.hop(MINUTE).with("rides", COUNT, "*", 60).with("sum", SUM, "minutes", 60);
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP)) {
      Ride first = ride(at(10, 0), 20);
      harness.ride(first);
      harness.ride(new Ride("ada", at(10, 0), RowKind.UPDATE_BEFORE, 20, null, null));
      harness.ride(new Ride("ada", at(10, 30), RowKind.UPDATE_AFTER, 5, null, null));
      FeatureVector vector = last(harness.emitted());
      assertThat(vector.values().getLong(0)).isEqualTo(1);
      assertThat(vector.values().getLong(1)).isEqualTo(5);
      assertThat(vector.revision()).isEqualTo(3);
    }
  }

  @Test
  void shouldIgnoreATakenBackRowThatNeverCame() throws Exception {
    try (FeatureHarness harness = new FeatureHarness(hourly, Backend.HEAP)) {
      harness.ride(ride(at(10, 0), 20).takenBack());
      assertThat(harness.emitted()).isEmpty();
      assertThat(harness.entries()).isZero();
    }
  }

  @Test
  void shouldRememberTheVersionOfAnEmptyKeyUntilOlderRowsAreLate() throws Exception {
    ViewFixture view = ViewFixture.hop(MINUTE).with("rides", COUNT, "*", 60);
    try (FeatureHarness harness = new FeatureHarness(view, Backend.HEAP)) {
      harness.ride(ride(at(10, 0), 20));
      harness.watermark(at(11, 0));
      assertThat(last(harness.emitted()).eventTimeMillis()).isEqualTo(at(11, 0));
      // In time for the window, and yet older than what was written last.
      harness.ride(ride(at(10, 30), 20));
      FeatureVector vector = only(harness.emitted());
      assertThat(vector.eventTimeMillis()).isEqualTo(at(11, 0));
      assertThat(vector.revision()).isEqualTo(1);

      harness.watermark(at(11, 30));
      assertThat(last(harness.emitted()).eventTimeMillis()).isEqualTo(at(11, 30));
      harness.watermark(at(12, 29) - 1);
      assertThat(harness.entries()).isPositive();
      harness.watermark(at(12, 29));
      assertThat(harness.entries()).isZero();
      assertThat(harness.timers()).isZero();
      assertThat(harness.emitted()).isEmpty();
    }
  }

  @Test
  void shouldNotDecayAtTheEndOfInput() throws Exception {
    try (FeatureHarness harness = new FeatureHarness(hourly, Backend.HEAP)) {
      harness.ride(ride(at(10, 0), 20));
      harness.emitted();
      harness.endInput();
      assertThat(harness.emitted()).isEmpty();
      assertThat(harness.timers()).isZero();
    }
  }

  @Test
  void shouldWriteAHotKeyOnceInEachPeriod() throws Exception {
    for (Backend backend : Backend.values()) {
      try (FeatureHarness harness = new FeatureHarness(hourly, backend, Duration.ofSeconds(10))) {
        harness.processingTime(1_000_000);
        for (int i = 0; i < 100; i++) {
          harness.ride(ride(at(10, 0) + i, 1));
        }
        assertThat(harness.emitted()).isEmpty();
        harness.processingTime(1_010_000);
        assertVector(harness.emitted(), 100L, 100L, 100L, at(10, 0) + 99, 100);
        harness.processingTime(1_030_000);
        assertThat(harness.emitted()).isEmpty();

        harness.ride(ride(at(10, 1), 1));
        assertThat(harness.failAndRestore()).isEmpty();
        harness.processingTime(1_040_000);
        assertVector(harness.emitted(), 101L, 101L, 101L, at(10, 1), 101);

        harness.ride(ride(at(10, 2), 1));
        harness.endInput();
        assertVector(harness.emitted(), 102L, 102L, 102L, at(10, 2), 102);
        assertThat(harness.emitted()).isEmpty();
      }
    }
  }

  @Test
  @Timeout(value = 15, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shouldForgetAKeyWhoseTimeIsOverOnceItsHeldBackValuesAreOut() throws Exception {
    for (Backend backend : Backend.values()) {
      try (FeatureHarness harness = new FeatureHarness(hourly, backend, Duration.ofSeconds(10))) {
        harness.processingTime(1_000_000);
        harness.ride(ride(at(10, 0), 1));
        // As in a replay: hours of event time pass within one period.
        harness.watermark(at(20, 0));
        assertThat(harness.emitted()).isEmpty();
        assertThat(harness.entries()).isPositive();
        harness.processingTime(1_010_000);
        assertVector(harness.emitted(), 0L, 0L, null, at(11, 0), 0);
        assertThat(harness.entries()).isZero();
        assertThat(harness.timers()).isZero();
      }
    }
  }

  @Test
  @Timeout(value = 15, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void shouldStandAWatermarkThatIsNoTime() throws Exception {
    for (Backend backend : Backend.values()) {
      try (FeatureHarness harness = new FeatureHarness(hourly, backend)) {
        harness.ride(ride(at(10, 0), 1));
        harness.emitted();
        harness.watermark(Long.MAX_VALUE - 1);
        assertThat(harness.emitted()).isEmpty();
      }
    }
  }

  @Test
  void shouldRebuildTheSmallestValueFromPartialTotalsOfLongWindows() throws Exception {
    int month = 30 * 24 * 60;
    ViewFixture view = ViewFixture.hop(MINUTE).with("least", MIN, "minutes", month);
    for (Backend backend : Backend.values()) {
      try (FeatureHarness harness = new FeatureHarness(view, backend)) {
        // Values grow, so that each minute the smallest one leaves and the next must be found.
        for (int i = 0; i < 5_000; i++) {
          harness.ride(ride(TEN_O_CLOCK + i * 13 * MINUTE, i));
        }
        harness.emitted();
        long newest = TEN_O_CLOCK + 4_999 * 13 * MINUTE;
        for (long t = newest; t < newest + 100 * 13 * MINUTE; t += 13 * MINUTE) {
          harness.watermark(t);
          long oldest = (t - TEN_O_CLOCK) / MINUTE - month + 1;
          List<FeatureVector> vectors = harness.emitted();
          if (!vectors.isEmpty()) {
            assertThat(last(vectors).values().getInt(0)).isEqualTo((int) ((oldest + 12) / 13));
          }
        }
      }
    }
  }

  /** Where Flink keeps nothing but the state of the key whose rows come. */
  @Test
  void shouldDoWithoutStateWhenRowsComeKeyByKey() throws Exception {
    RowType entity = hourly.plan().schema().entity();
    for (Duration emitEvery : List.of(Duration.ZERO, Duration.ofHours(1))) {
      var harness =
          new KeyedOneInputStreamOperatorTestHarness<RowData, RowData, FeatureVector>(
              hourly.operator(emitEvery, WorkingMemory.DEFAULT),
              new EntityKeySelector(entity),
              InternalTypeInfo.of(entity));
      harness.setStateBackend(new BatchExecutionStateBackend());
      harness.setTimeServiceManagerProvider(BatchExecutionInternalTimeServiceManager::create);
      harness.open();
      for (String driver : List.of("ada", "bob", "cyn")) {
        for (int i = 0; i < 100; i++) {
          Ride ride = Ride.of(driver, at(10, 0) + i * MINUTE, 1);
          harness.processElement(new StreamRecord<>(hourly.row(ride), ride.timeMillis()));
        }
      }
      harness.processWatermark(Watermark.MAX_WATERMARK);
      harness.endInput();
      List<FeatureVector> vectors = new ArrayList<>();
      harness.extractOutputStreamRecords().forEach(record -> vectors.add(record.getValue()));
      assertThat(vectors).hasSize(emitEvery.isZero() ? 300 : 3);
      assertThat(last(vectors).entity().getString(0)).hasToString("cyn");
      assertThat(last(vectors).values().getLong(1)).isEqualTo(60);
      assertThat(last(vectors).revision()).isEqualTo(60);
      harness.close();
    }
  }

  private static FeatureVector only(List<FeatureVector> vectors) {
    assertThat(vectors).hasSize(1);
    return vectors.get(0);
  }

  private static FeatureVector last(List<FeatureVector> vectors) {
    assertThat(vectors).isNotEmpty();
    return vectors.get(vectors.size() - 1);
  }

  private static void assertVector(
      List<FeatureVector> vectors, long five, long hour, Long sum, long time, long revision) {
    FeatureVector vector = only(vectors);
    assertThat(vector.entity().getString(0)).hasToString("ada");
    assertThat(vector.values().getLong(0)).as("rides in 5 minutes").isEqualTo(five);
    assertThat(vector.values().getLong(1)).as("rides in an hour").isEqualTo(hour);
    assertThat(vector.values().isNullAt(2) ? null : vector.values().getLong(2)).isEqualTo(sum);
    assertThat(vector.eventTimeMillis()).as("version").isEqualTo(time);
    assertThat(vector.revision()).as("revision").isEqualTo(revision);
    assertThat(vector.deleted()).isFalse();
  }
}
