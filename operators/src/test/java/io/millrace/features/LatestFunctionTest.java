package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.PojoTestUtils;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Planes as they are now. Every story is told plain and with a failure after every change. */
class LatestFunctionTest {
  private static final boolean CHANGELOG = true;
  private static final boolean APPEND = false;

  static Stream<Boolean> failing() {
    return Stream.of(false, true);
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldShowTheRowAsItIsNowAndTakeItAwayWhenItIsDeleted(boolean failing) throws Exception {
    try (Planes planes = new Planes(CHANGELOG, Optional.empty(), failing)) {
      planes.change(RowKind.INSERT, "N10156", "EMBRAER", 55, true, 1_000);
      planes.change(RowKind.UPDATE_BEFORE, "N10156", "EMBRAER", 55, true, 2_000);
      planes.change(RowKind.UPDATE_AFTER, "N10156", "EMBRAER", 50, true, 2_000);
      planes.change(RowKind.DELETE, "N10156", "EMBRAER", 50, true, 3_000);

      assertThat(planes.emitted)
          .containsExactly(
              "N10156 EMBRAER 55 @1000/1", "N10156 EMBRAER 50 @2000/2", "N10156 gone @3000/3");
    }
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldGiveARowInsertedInTheMillisecondOfItsDeletionAGreaterVersion(boolean failing)
      throws Exception {
    try (Planes planes = new Planes(CHANGELOG, Optional.empty(), failing)) {
      planes.change(RowKind.INSERT, "N10156", "EMBRAER", 55, true, 1_000);
      planes.change(RowKind.DELETE, "N10156", "EMBRAER", 55, true, 2_000);
      planes.change(RowKind.INSERT, "N10156", "AIRBUS", 180, true, 2_000);

      assertThat(planes.emitted).endsWith("N10156 gone @2000/2", "N10156 AIRBUS 180 @2000/3");
    }
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldTakeChangesInTheirOrderEvenWhenTheirTimesGoBack(boolean failing) throws Exception {
    try (Planes planes = new Planes(CHANGELOG, Optional.empty(), failing)) {
      planes.change(RowKind.INSERT, "N10156", "EMBRAER", 55, true, 5_000);
      planes.change(RowKind.UPDATE_AFTER, "N10156", "EMBRAER", 50, true, 4_000);

      assertThat(planes.emitted).endsWith("N10156 EMBRAER 50 @5000/2");
    }
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldTakeAnEntityAwayWhenItsRowNoLongerSatisfiesTheCondition(boolean failing)
      throws Exception {
    try (Planes planes = new Planes(CHANGELOG, Optional.of("seats > 100"), failing)) {
      planes.change(RowKind.INSERT, "N1", "CESSNA", 4, false, 1_000);
      planes.change(RowKind.INSERT, "N2", "AIRBUS", 180, true, 1_000);
      planes.change(RowKind.UPDATE_BEFORE, "N2", "AIRBUS", 180, true, 2_000);
      planes.change(RowKind.UPDATE_AFTER, "N2", "AIRBUS", null, null, 2_000);
      planes.change(RowKind.UPDATE_AFTER, "N2", "AIRBUS", 3, false, 3_000);
      planes.change(RowKind.UPDATE_AFTER, "N2", "AIRBUS", 190, true, 4_000);

      assertThat(planes.emitted)
          .containsExactly("N2 AIRBUS 180 @1000/1", "N2 gone @2000/2", "N2 AIRBUS 190 @4000/3");
    }
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldShowTheNewestByEventTimeWhenTheSourceOnlyAppends(boolean failing) throws Exception {
    try (Planes planes = new Planes(APPEND, Optional.of("seats > 1"), failing)) {
      planes.change(RowKind.INSERT, "N1", "CESSNA", 4, true, 5_000);
      planes.change(RowKind.INSERT, "N1", "CESSNA", 5, true, 4_000);
      planes.change(RowKind.INSERT, "N1", "CESSNA", 1, false, 6_000);
      planes.change(RowKind.INSERT, "N1", "CESSNA", 6, true, 5_000);
      planes.change(RowKind.INSERT, "N1", null, null, true, 7_000);
      planes.change(RowKind.INSERT, "N1", "CESSNA", 8, true, null);

      assertThat(planes.emitted)
          .containsExactly("N1 CESSNA 4 @5000/1", "N1 CESSNA 6 @5000/2", "N1 null null @7000/3");
    }
  }

  @Test
  void shouldForgetADeletedEntityAfterAnHour() throws Exception {
    try (Planes planes = new Planes(CHANGELOG, Optional.empty(), false)) {
      planes.change(RowKind.INSERT, "N1", "CESSNA", 4, true, 0);
      planes.change(RowKind.DELETE, "N1", "CESSNA", 4, true, 1_000);
      planes.change(RowKind.INSERT, "N2", "CESSNA", 4, true, 0);
      planes.change(RowKind.DELETE, "N2", "CESSNA", 4, true, 1_000);
      planes.change(RowKind.INSERT, "N2", "CESSNA", 4, true, 2_000);
      planes.watermark(1_000 + LatestFunction.DELETED_REMEMBERED.toMillis() - 1);
      assertThat(planes.entities()).isEqualTo(2);
      planes.watermark(Long.MAX_VALUE);
      assertThat(planes.entities()).isEqualTo(1);
      planes.change(RowKind.DELETE, "N2", "CESSNA", 4, true, 9_000_000);
      planes.watermark(Long.MAX_VALUE);
      assertThat(planes.entities()).isEqualTo(0);
    }
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldWriteAHotEntityOncePerInterval(boolean failing) throws Exception {
    try (Planes planes = new Planes(CHANGELOG, Optional.empty(), failing, Duration.ofSeconds(10))) {
      for (int seats = 1; seats <= 100; seats++) {
        planes.change(RowKind.UPDATE_AFTER, "N1", "CESSNA", seats, true, seats);
      }
      assertThat(planes.emitted).isEmpty();
      planes.pass(Duration.ofSeconds(10));
      assertThat(planes.emitted).containsExactly("N1 CESSNA 100 @100/100");
      assertThat(planes.timers()).isZero();
      planes.pass(Duration.ofMinutes(10));
      assertThat(planes.emitted).hasSize(1);
      planes.change(RowKind.UPDATE_AFTER, "N1", "CESSNA", 101, true, 101);
      planes.change(RowKind.DELETE, "N1", "CESSNA", 101, true, 102);
      planes.pass(Duration.ofSeconds(10));
      assertThat(planes.emitted).endsWith("N1 CESSNA 100 @100/100", "N1 gone @102/102");
    }
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldWriteWhatIsHeldBackAtTheEndOfInput(boolean failing) throws Exception {
    try (Planes planes = new Planes(CHANGELOG, Optional.empty(), failing, Duration.ofSeconds(10))) {
      planes.change(RowKind.INSERT, "N1", "CESSNA", 4, true, 1_000);
      planes.change(RowKind.INSERT, "N2", "CESSNA", 4, true, 1_000);
      planes.change(RowKind.DELETE, "N2", "CESSNA", 4, true, 2_000);
      planes.watermark(Long.MAX_VALUE);
      assertThat(planes.emitted)
          .containsExactlyInAnyOrder("N1 CESSNA 4 @1000/1", "N2 gone @2000/2");
      assertThat(planes.entities()).isEqualTo(1);
    }
  }

  @Test
  void shouldKeepStateWithoutKryo() {
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(LatestVersion.class);
  }

  @Test
  void shouldProjectTheConditionInsteadOfFilteringByIt() {
    assertThat(LatestPlan.inputs(view(Optional.of(" seats > 100 "))))
        .containsExactly("`tailnum`", "`manufacturer`", "`seats`", "(seats > 100)");
  }

  private static FeatureViewSpec view(Optional<String> where) {
    return new FeatureViewSpec(
        "plane_profile",
        List.of("tailnum"),
        "planes",
        where,
        Duration.ofMinutes(1),
        List.of(),
        List.of("manufacturer", "seats"),
        Duration.ZERO,
        new FeatureViewSpec.Online(Optional.empty(), FeatureViewSpec.Layout.HASH, "p"),
        false);
  }

  /** The operator under test; when failing, it is restored from a snapshot after every change. */
  private static final class Planes implements AutoCloseable {
    final List<String> emitted = new ArrayList<>();
    private final LatestPlan plan;
    private final boolean changelog;
    private final boolean failing;
    private final Duration emitEvery;
    private long clockMillis;
    private KeyedOneInputStreamOperatorTestHarness<RowData, RowData, FeatureVector> harness;

    Planes(boolean changelog, Optional<String> where, boolean failing) throws Exception {
      this(changelog, where, failing, Duration.ZERO);
    }

    Planes(boolean changelog, Optional<String> where, boolean failing, Duration emitEvery)
        throws Exception {
      this.emitEvery = emitEvery;
      this.changelog = changelog;
      this.failing = failing;
      RowType projected =
          where.isPresent()
              ? RowType.of(
                  new VarCharType(false, 6),
                  VarCharType.STRING_TYPE,
                  new IntType(),
                  new BooleanType())
              : RowType.of(new VarCharType(false, 6), VarCharType.STRING_TYPE, new IntType());
      plan = LatestPlan.bind(view(where), projected);
      start(null);
    }

    private void start(OperatorSubtaskState state) throws Exception {
      RowType entity = plan.schema().entity();
      harness =
          new KeyedOneInputStreamOperatorTestHarness<>(
              new KeyedProcessOperator<>(new LatestFunction(plan, changelog, emitEvery)),
              new EntityKeySelector(entity),
              InternalTypeInfo.of(entity));
      harness.setup();
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
      harness.setProcessingTime(clockMillis);
    }

    void change(
        RowKind kind,
        String tailnum,
        String manufacturer,
        Integer seats,
        Boolean satisfied,
        Integer timeMillis)
        throws Exception {
      StringData maker = manufacturer == null ? null : StringData.fromString(manufacturer);
      StringData plane = StringData.fromString(tailnum);
      RowData row =
          plan.conditional()
              ? GenericRowData.ofKind(kind, plane, maker, seats, satisfied)
              : GenericRowData.ofKind(kind, plane, maker, seats);
      harness.processElement(
          timeMillis == null ? new StreamRecord<>(row) : new StreamRecord<>(row, timeMillis));
      collect();
      if (failing) {
        failAndRestore();
      }
    }

    private void failAndRestore() throws Exception {
      OperatorSubtaskState state = harness.snapshot(1, 1);
      harness.close();
      start(state);
    }

    private void collect() {
      for (FeatureVector vector : harness.extractOutputValues()) {
        RowData values = vector.values();
        String shown =
            vector.deleted()
                ? "gone"
                : (values.isNullAt(0) ? null : values.getString(0))
                    + " "
                    + (values.isNullAt(1) ? null : values.getInt(1));
        emitted.add(
            vector.entity().getString(0)
                + " "
                + shown
                + " @"
                + vector.eventTimeMillis()
                + "/"
                + vector.revision());
      }
      harness.getOutput().clear();
    }

    void watermark(long millis) throws Exception {
      harness.processWatermark(new Watermark(millis));
      collect();
    }

    void pass(Duration time) throws Exception {
      clockMillis += time.toMillis();
      harness.setProcessingTime(clockMillis);
      collect();
    }

    int timers() {
      return harness.numEventTimeTimers() + harness.numProcessingTimeTimers();
    }

    int entities() {
      return harness.numKeyedStateEntries();
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
