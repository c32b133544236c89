package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.expressions.RowProgram;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Planes as they are now, through the compiled condition and the runtime, to the end of input. */
class LatestTopologyITCase {
  private static final RowType PLANES =
      RowType.of(
          new LogicalType[] {new VarCharType(false, 6), VarCharType.STRING_TYPE, new IntType()},
          new String[] {"tailnum", "manufacturer", "seats"});

  @ParameterizedTest
  @CsvSource({"STREAMING, PT0S", "STREAMING, PT1H", "BATCH, PT0S", "BATCH, PT1H"})
  void shouldLeaveEveryPlaneAsItIsAtTheEndOfInput(RuntimeExecutionMode mode, Duration emitEvery)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(ExecutionOptions.RUNTIME_MODE, mode);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    FeatureViewSpec view = largePlanes(emitEvery);
    RowProgram program = RowProgram.compile(PLANES, LatestPlan.inputs(view), Optional.empty());
    LatestPlan plan = LatestPlan.bind(view, program.outputType());

    DataStream<RowData> rows =
        env.fromData(
                InternalTypeInfo.of(PLANES),
                plane(RowKind.INSERT, "N1", "AIRBUS", 180),
                plane(RowKind.INSERT, "N2", "BOEING", 190),
                plane(RowKind.INSERT, "N3", "CESSNA", 4),
                plane(RowKind.UPDATE_BEFORE, "N1", "AIRBUS", 180),
                plane(RowKind.UPDATE_AFTER, "N1", "AIRBUS", 200),
                plane(RowKind.DELETE, "N2", "BOEING", 190))
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<RowData>forMonotonousTimestamps()
                    .withTimestampAssigner((row, before) -> 1_000));
    List<String> last = new ArrayList<>();
    try (CloseableIterator<FeatureVector> vectors =
        LatestTopology.featureVectors(program.applyTo(rows, "project"), plan, true, emitEvery)
            .executeAndCollect()) {
      vectors.forEachRemaining(vector -> last.add(shown(vector)));
    }

    if (emitEvery.isZero()) {
      assertThat(last).containsExactlyInAnyOrder("N1 180 1", "N1 200 2", "N2 190 1", "N2 gone 2");
    } else {
      assertThat(last).containsExactlyInAnyOrder("N1 200 2", "N2 gone 2");
    }
  }

  private static String shown(FeatureVector vector) {
    return vector.entity().getString(0)
        + " "
        + (vector.deleted() ? "gone" : vector.values().getInt(0))
        + " "
        + vector.revision();
  }

  private static RowData plane(RowKind kind, String tailnum, String manufacturer, int seats) {
    return GenericRowData.ofKind(
        kind, StringData.fromString(tailnum), StringData.fromString(manufacturer), seats);
  }

  private static FeatureViewSpec largePlanes(Duration emitEvery) {
    return new FeatureViewSpec(
        "large_planes",
        List.of("tailnum"),
        "planes",
        Optional.of("seats > 100"),
        Duration.ofMinutes(1),
        List.of(),
        List.of("seats"),
        emitEvery,
        new FeatureViewSpec.Online(Optional.empty(), FeatureViewSpec.Layout.HASH, "p"),
        false);
  }
}
