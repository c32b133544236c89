package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.FeatureViewSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class StateEstimateTest {

  private static final RowType ROWS =
      RowType.of(
          new LogicalType[] {VarCharType.STRING_TYPE, new IntType()}, new String[] {"k", "x"});

  @Test
  void shouldGrowWithTheTilesOfTheWidestWindow() {
    StateEstimate hour = estimate("1h", Duration.ofHours(1));
    StateEstimate day = estimate("24h", Duration.ofHours(24));
    StateEstimate month = estimate("30d", Duration.ofDays(30));

    assertThat(hour.tiles()).isEqualTo(60);
    assertThat(day.tiles()).isEqualTo(1_440);
    assertThat(month.tiles()).isEqualTo(43_200);
    assertThat(day.quietBytes()).isBetween(1L, 200L);
    assertThat((double) day.busyBytes() / hour.busyBytes()).isBetween(15.0, 30.0);
    assertThat((double) month.busyBytes() / day.busyBytes()).isBetween(25.0, 35.0);
  }

  @Test
  void shouldKnowViewsWithoutWindows() {
    StateEstimate lifetime = estimate(List.of());

    assertThat(lifetime.tiles()).isZero();
    assertThat(lifetime.busyBytes()).isEqualTo(lifetime.quietBytes()).isPositive();
  }

  @Test
  void shouldKnowViewsOfTheNewestRow() {
    assertThat(StateEstimate.ofLatest().quietBytes()).isBetween(17L, 40L);
  }

  private static StateEstimate estimate(String label, Duration window) {
    return estimate(List.of(new AggregationSpec.Window(label, window)));
  }

  private static StateEstimate estimate(List<AggregationSpec.Window> windows) {
    FeatureViewSpec view =
        new FeatureViewSpec(
            "v",
            List.of("k"),
            "s",
            Optional.empty(),
            Duration.ofMinutes(1),
            List.of(
                new AggregationSpec(
                    "total",
                    AggregateFunction.SUM,
                    "x",
                    Optional.empty(),
                    windows,
                    AggregationSpec.Parameters.NONE)),
            List.of(),
            Duration.ZERO,
            new FeatureViewSpec.Online(Optional.empty(), FeatureViewSpec.Layout.HASH, "p"),
            true);
    return StateEstimate.of(FeaturePlan.bind(view, ROWS), ROWS);
  }
}
