package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.Kernel;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.AggregationSpec.Parameters;
import io.millrace.pipeline.AggregationSpec.Window;
import io.millrace.pipeline.FeatureViewSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class FeaturePlanTest {
  private static final Window HOUR = new Window("1h", Duration.ofHours(1));
  private static final Window DAY = new Window("24h", Duration.ofDays(1));
  private static final LogicalType TEXT = VarCharType.STRING_TYPE;

  @Test
  void shouldProjectEntityFieldsFirstAndEachInputOnce() {
    FeatureViewSpec view =
        view(
            List.of("carrier", "odd`name"),
            aggregation("departures", AggregateFunction.COUNT, "*", HOUR),
            aggregation("delay_sum", AggregateFunction.SUM, " delay ", HOUR),
            aggregation("delay_mean", AggregateFunction.AVG, "delay", DAY),
            conditional("late", AggregateFunction.COUNT, "*", "delay > 15"),
            conditional("late_delay", AggregateFunction.AVG, "delay", "delay > 15"));

    assertThat(FeaturePlan.inputs(view))
        .containsExactly(
            "`carrier`",
            "`odd``name`",
            "delay",
            "CASE WHEN (delay > 15) THEN TRUE END",
            "CASE WHEN (delay > 15) THEN (delay) END");
  }

  @Test
  void shouldShareKernelsAndKeepThemOnlyWhereAFeatureNeedsThem() {
    FeatureViewSpec view =
        view(
            List.of("carrier"),
            aggregation("departures", AggregateFunction.COUNT, "*", HOUR, DAY),
            aggregation("delay_sum", AggregateFunction.SUM, "delay", HOUR),
            aggregation("delay_mean", AggregateFunction.AVG, "delay", HOUR),
            aggregation("delay_max", AggregateFunction.MAX, "delay", DAY),
            aggregation("delay_min", AggregateFunction.MIN, "delay"));
    FeaturePlan plan = FeaturePlan.bind(view, RowType.of(TEXT, new IntType()));

    assertThat(plan.layout().ids())
        .containsExactly("count(*)", "sum(delay):INT", "max(delay):INT", "min(delay):INT");
    assertThat(names(plan.kernelsOfTotal(0))).containsExactly("count(*)", "sum(delay):INT");
    assertThat(names(plan.kernelsOfTotal(1))).containsExactly("count(*)", "max(delay):INT");
    assertThat(names(plan.kernelsOfTotal(plan.lifetimeCell())))
        .containsExactly("count(*)", "min(delay):INT");
    assertThat(names(plan.kernelsOfTile()))
        .containsExactly("count(*)", "sum(delay):INT", "max(delay):INT");
    assertThat(plan.hasLifetime()).isTrue();
    assertThat(plan.windowMillis(1)).isEqualTo(Duration.ofDays(1).toMillis());
    assertThat(plan.schema().values().getFieldNames())
        .containsExactly(
            "departures_1h",
            "departures_24h",
            "delay_sum_1h",
            "delay_mean_1h",
            "delay_max_24h",
            "delay_min");
  }

  @Test
  void shouldComputeFeaturesFromTheTotalsOfTheirWindow() throws Exception {
    FeatureViewSpec view =
        view(
            List.of("carrier"),
            aggregation("departures", AggregateFunction.COUNT, "*", HOUR),
            conditional("late", AggregateFunction.COUNT, "*", "delay > 15", HOUR),
            new AggregationSpec(
                "late_share",
                AggregateFunction.RATIO,
                "",
                Optional.empty(),
                List.of(HOUR),
                new Parameters(Double.NaN, 0, List.of(), "late", "departures")),
            aggregation("delay_mean", AggregateFunction.AVG, "delay", HOUR),
            aggregation("delay_total", AggregateFunction.SUM, "delay"));
    FeaturePlan plan =
        InstantiationUtil.clone(
            FeaturePlan.bind(view, RowType.of(TEXT, new BooleanType(), new IntType())));
    Cells totals = Cells.empty(plan.layout(), plan.windows() + 1);
    RowData delayed = GenericRowData.of(StringData.fromString("UA"), true, 30);
    RowData punctual = GenericRowData.of(StringData.fromString("UA"), null, -1);
    add(plan, totals, 0, delayed);
    add(plan, totals, 0, punctual);
    add(plan, totals, 0, punctual);
    add(plan, totals, 0, punctual);
    add(plan, totals, plan.lifetimeCell(), delayed);

    RowData values = write(plan, totals);

    assertThat(values.getLong(0)).isEqualTo(4);
    assertThat(values.getLong(1)).isEqualTo(1);
    assertThat(values.getDouble(2)).isEqualTo(0.25);
    assertThat(values.getDouble(3)).isEqualTo(6.75);
    assertThat(values.getLong(4)).isEqualTo(30);
  }

  @Test
  void shouldGiveNullsAndZeroCountsWhenNothingIsIn() {
    FeatureViewSpec view =
        view(
            List.of("carrier"),
            aggregation("n", AggregateFunction.COUNT, "delay", HOUR),
            aggregation("sum", AggregateFunction.SUM, "delay", HOUR),
            aggregation("avg", AggregateFunction.AVG, "delay", HOUR),
            aggregation("min", AggregateFunction.MIN, "delay", HOUR));
    FeaturePlan plan = FeaturePlan.bind(view, RowType.of(TEXT, new BigIntType()));
    assertThat(plan.hasLifetime()).isFalse();

    RowData values = write(plan, Cells.empty(plan.layout(), 2));

    assertThat(values.getLong(0)).isZero();
    assertThat(values.isNullAt(1)).isTrue();
    assertThat(values.isNullAt(2)).isTrue();
    assertThat(values.isNullAt(3)).isTrue();
  }

  @Test
  void shouldWriteNullAndTellWhenASumLeavesBigint() {
    FeatureViewSpec view =
        view(
            List.of("carrier"),
            aggregation("sum", AggregateFunction.SUM, "x", HOUR),
            aggregation("avg", AggregateFunction.AVG, "x", HOUR));
    FeaturePlan plan = FeaturePlan.bind(view, RowType.of(TEXT, new BigIntType()));
    Cells totals = Cells.empty(plan.layout(), 2);
    RowData giant = GenericRowData.of(StringData.fromString("UA"), Long.MAX_VALUE);
    add(plan, totals, 0, giant);
    add(plan, totals, 0, giant);

    BinaryRowData row = new BinaryRowData(2);
    assertThat(plan.write(totals, new BinaryRowWriter(row))).isEqualTo(1);
    assertThat(row.isNullAt(0)).isTrue();
    assertThat(row.getDouble(1)).isEqualTo(Long.MAX_VALUE);

    for (Kernel kernel : plan.kernelsOfTotal(0)) {
      assertThat(kernel.remove(totals, 0, giant, 0)).isTrue();
    }
    assertThat(write(plan, totals).getLong(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldNameViewAggregationAndTypesWhenAFunctionDoesNotFitItsInput() {
    FeatureViewSpec view =
        view(List.of("carrier"), aggregation("oops", AggregateFunction.SUM, "dest", HOUR));

    assertThatThrownBy(() -> FeaturePlan.bind(view, RowType.of(TEXT, TEXT)))
        .hasMessage(
            "view flights, aggregation oops: sum is not defined for STRING, it takes"
                + " TINYINT, SMALLINT, INT, BIGINT, DECIMAL, FLOAT or DOUBLE");
  }

  private static void add(FeaturePlan plan, Cells totals, int cell, RowData row) {
    for (Kernel kernel : plan.kernelsOfTotal(cell)) {
      kernel.add(totals, cell, row, 0);
    }
  }

  private static RowData write(FeaturePlan plan, Cells totals) {
    BinaryRowData row = new BinaryRowData(plan.features());
    assertThat(plan.write(totals, new BinaryRowWriter(row))).isZero();
    return row;
  }

  private static List<String> names(Kernel[] kernels) {
    return Arrays.stream(kernels).map(Kernel::id).toList();
  }

  private static AggregationSpec aggregation(
      String name, AggregateFunction function, String input, Window... windows) {
    return new AggregationSpec(
        name, function, input, Optional.empty(), List.of(windows), Parameters.NONE);
  }

  private static AggregationSpec conditional(
      String name, AggregateFunction function, String input, String where, Window... windows) {
    return new AggregationSpec(
        name, function, input, Optional.of(where), List.of(windows), Parameters.NONE);
  }

  private static FeatureViewSpec view(List<String> entity, AggregationSpec... aggregations) {
    return new FeatureViewSpec(
        "flights",
        entity,
        "flights",
        Optional.empty(),
        Duration.ofMinutes(1),
        List.of(aggregations),
        List.of(),
        Duration.ZERO,
        new FeatureViewSpec.Online(Optional.empty(), FeatureViewSpec.Layout.HASH, "p"),
        false);
  }
}
