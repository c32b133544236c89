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
import java.util.Random;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many keys, of which some are in memory and some are not, and time that goes on or jumps. */
class FeatureMemoryTest {
  private static final long SEED = Long.getLong("millrace.seed", 20260101);
  private static final long HOP = 100;
  private static final int KEY_GROUPS = 32;
  private static final int KEYS = 300;

  private final ViewFixture view =
      ViewFixture.hop(HOP)
          .with("rides", COUNT, "*", 3, 40)
          .with("minutes", SUM, "minutes", 40)
          .with("least", MIN, "minutes", 40);

  private record Step(List<Ride> rides, long watermark) {}

  private static List<Step> stream(int steps) {
    Random random = new Random(SEED);
    System.out.printf("FeatureMemoryTest: seed %d%n", SEED);
    List<Step> stream = new ArrayList<>();
    long clock = 1_700_000_000_000L;
    for (int step = 0; step < steps; step++) {
      clock += random.nextInt(25) == 0 ? random.nextInt(200) * HOP : random.nextLong(3 * HOP);
      List<Ride> rides = new ArrayList<>();
      for (int i = random.nextInt(60); i > 0; i--) {
        int driver = (int) (KEYS * random.nextDouble() * random.nextDouble());
        long time = clock - (random.nextInt(5) == 0 ? random.nextLong(30 * HOP) : 0);
        rides.add(new Ride("d" + driver, time, RowKind.INSERT, random.nextInt(1_000), null, null));
      }
      stream.add(new Step(rides, clock - random.nextInt(4) * HOP));
    }
    return stream;
  }

  @Test
  void shouldEmitTheSameHoweverLittleMemoryThereIs() throws Exception {
    List<Step> stream = stream(150);
    for (long bytes : new long[] {0, 20_000, 200_000}) {
      try (FeatureHarness all = new FeatureHarness(view, Backend.HEAP);
          FeatureHarness some =
              new FeatureHarness(
                  view, Backend.ROCKSDB, Duration.ZERO, new WorkingMemory(bytes), null)) {
        for (int step = 0; step < stream.size(); step++) {
          String where = "seed %d step %d, %d bytes".formatted(SEED, step, bytes);
          for (Ride ride : stream.get(step).rides()) {
            all.ride(ride);
            some.ride(ride);
          }
          all.watermark(stream.get(step).watermark());
          some.watermark(stream.get(step).watermark());
          if (step % 20 == 10) {
            some.snapshot();
          }
          assertThat(told(some.emitted())).as(where).isEqualTo(told(all.emitted()));
        }
        long end = stream.get(stream.size() - 1).watermark() + 1_000 * HOP;
        some.watermark(end);
        assertThat(some.entries()).isZero();
        assertThat(some.timers()).isZero();
      }
    }
  }

  @Test
  void shouldEmitWhatIsHeldBackOfKeysThatWereLetGo() throws Exception {
    try (FeatureHarness harness =
        new FeatureHarness(
            view, Backend.ROCKSDB, Duration.ofSeconds(10), new WorkingMemory(0), null)) {
      harness.processingTime(1_000_000);
      TreeSet<String> drivers = new TreeSet<>();
      for (int i = 0; i < 50; i++) {
        harness.ride(Ride.of("d" + i, 1_700_000_000_000L + i, i));
        drivers.add("d" + i);
      }
      assertThat(harness.emitted()).isEmpty();
      harness.processingTime(1_010_000);
      assertThat(harness.emitted())
          .extracting(vector -> vector.entity().getString(0).toString())
          .containsExactlyInAnyOrderElementsOf(drivers);
      harness.ride(Ride.of("d7", 1_700_000_000_100L, 1));
      harness.ride(Ride.of("d8", 1_700_000_000_100L, 1));
      harness.endInput();
      assertThat(harness.emitted()).hasSize(2);
    }
  }

  /** What was only in memory goes along when keys move to other subtasks. */
  @ParameterizedTest
  @EnumSource(Backend.class)
  void shouldGoOnWithOtherParallelism(Backend backend) throws Exception {
    List<Step> stream = stream(60);
    List<List<String>> undisturbed = new ArrayList<>();
    try (FeatureHarness all = new FeatureHarness(view, Backend.HEAP)) {
      for (Step step : stream) {
        for (Ride ride : step.rides()) {
          all.ride(ride);
        }
        all.watermark(step.watermark());
        undisturbed.add(told(all.emitted()));
      }
    }
    int[] parallelism = {1, 3, 2, 1};
    OperatorSubtaskState state = null;
    for (int part = 0; part < parallelism.length; part++) {
      int before = part == 0 ? 1 : parallelism[part - 1];
      state = play(stream, undisturbed, part, before, parallelism[part], backend, state);
    }
  }

  /** Plays 15 steps in so many subtasks. */
  private OperatorSubtaskState play(
      List<Step> stream,
      List<List<String>> undisturbed,
      int part,
      int before,
      int parallelism,
      Backend backend,
      OperatorSubtaskState state)
      throws Exception {
    List<KeyedOneInputStreamOperatorTestHarness<RowData, RowData, FeatureVector>> subtasks =
        new ArrayList<>();
    RowType entity = view.plan().schema().entity();
    EntityKeySelector selector = new EntityKeySelector(entity);
    for (int i = 0; i < parallelism; i++) {
      var subtask =
          new KeyedOneInputStreamOperatorTestHarness<>(
              view.operator(Duration.ZERO, new WorkingMemory(30_000)),
              selector,
              InternalTypeInfo.of(entity),
              KEY_GROUPS,
              parallelism,
              i);
      subtask.setStateBackend(backend.create());
      subtask.setup();
      if (state != null) {
        subtask.initializeState(
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, KEY_GROUPS, before, parallelism, i));
      }
      subtask.open();
      if (part > 0) {
        subtask.processWatermark(new Watermark(stream.get(15 * part - 1).watermark()));
      }
      subtasks.add(subtask);
    }
    for (int step = 15 * part; step < 15 * part + 15; step++) {
      for (Ride ride : stream.get(step).rides()) {
        RowData row = view.row(ride);
        int subtask =
            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                selector.getKey(row), KEY_GROUPS, parallelism);
        subtasks.get(subtask).processElement(new StreamRecord<>(row, ride.timeMillis()));
      }
      List<FeatureVector> emitted = new ArrayList<>();
      for (var subtask : subtasks) {
        subtask.processWatermark(new Watermark(stream.get(step).watermark()));
        for (Object output : subtask.getOutput()) {
          if (output instanceof StreamRecord<?> record) {
            emitted.add((FeatureVector) record.getValue());
          }
        }
        subtask.getOutput().clear();
      }
      assertThat(told(emitted))
          .as("seed %d step %d, %d subtasks on %s", SEED, step, parallelism, backend)
          .isEqualTo(undisturbed.get(step));
    }
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (var subtask : subtasks) {
      states.add(subtask.snapshot(part, part));
      subtask.close();
    }
    return AbstractStreamOperatorTestHarness.repackageState(
        states.toArray(new OperatorSubtaskState[0]));
  }

  /** In words, drivers sorted: keys of one time come in no order, those of one driver do. */
  private List<String> told(List<FeatureVector> emitted) {
    RowType type = view.plan().schema().values();
    List<String> told = new ArrayList<>();
    for (FeatureVector vector : emitted) {
      told.add(
          "%s @%d/%d %s"
              .formatted(
                  vector.entity().getString(0),
                  vector.eventTimeMillis(),
                  vector.revision(),
                  FeatureOracleTest.features(vector.values(), type)));
    }
    told.sort(null);
    return told;
  }
}
