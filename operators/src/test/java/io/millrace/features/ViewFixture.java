package io.millrace.features;

import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.AggregationSpec.Parameters;
import io.millrace.pipeline.AggregationSpec.Window;
import io.millrace.pipeline.FeatureViewSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;

/** Small views over rides: who drove (entity), minutes (INT), price (DOUBLE), zone (STRING). */
final class ViewFixture {
  private final long hopMillis;
  private final List<AggregationSpec> aggregations = new ArrayList<>();
  private final Map<String, LogicalType> retyped = new HashMap<>();

  private boolean needsHistory;

  private ViewFixture(long hopMillis) {
    this.hopMillis = hopMillis;
  }

  static ViewFixture hop(long millis) {
    return new ViewFixture(millis);
  }

  /** One feature per window of so many tiles, named {@code <name>_<tiles>}; none: lifetime. */
  ViewFixture with(String name, AggregateFunction function, String input, long... tiles) {
    return with(name, function, input, Parameters.NONE, tiles);
  }

  ViewFixture with(
      String name, AggregateFunction function, String input, Parameters parameters, long... tiles) {
    List<Window> windows = new ArrayList<>();
    for (long n : tiles) {
      windows.add(new Window(Long.toString(n), Duration.ofMillis(n * hopMillis)));
    }
    aggregations.add(
        new AggregationSpec(name, function, input, Optional.empty(), windows, parameters));
    return this;
  }

  /** The same view over a source in which a field has another type. */
  ViewFixture retyped(String field, LogicalType type) {
    ViewFixture other = new ViewFixture(hopMillis);
    other.aggregations.addAll(aggregations);
    other.retyped.put(field, type);
    return other;
  }

  /** Begins only with state that was computed from history. */
  ViewFixture needingHistory() {
    ViewFixture other = new ViewFixture(hopMillis);
    other.aggregations.addAll(aggregations);
    other.retyped.putAll(retyped);
    other.needsHistory = true;
    return other;
  }

  FeatureViewSpec view() {
    return new FeatureViewSpec(
        "rides",
        List.of("driver"),
        "rides",
        Optional.empty(),
        Duration.ofMillis(hopMillis),
        aggregations,
        List.of(),
        Duration.ZERO,
        new FeatureViewSpec.Online(Optional.empty(), FeatureViewSpec.Layout.HASH, "p"),
        false);
  }

  long hopMillis() {
    return hopMillis;
  }

  List<AggregationSpec> aggregations() {
    return aggregations;
  }

  /** Type of the rows as projected for the view, the driver first. */
  RowType projected() {
    List<LogicalType> types = new ArrayList<>();
    for (String input : FeaturePlan.inputs(view())) {
      if (retyped.containsKey(input)) {
        types.add(retyped.get(input));
        continue;
      }
      types.add(
          switch (input) {
            case "`driver`", "zone" -> VarCharType.STRING_TYPE;
            case "minutes" -> new IntType();
            case "price" -> new DoubleType();
            default -> new BooleanType();
          });
    }
    return RowType.of(types.toArray(new LogicalType[0]));
  }

  FeaturePlan plan() {
    return FeaturePlan.bind(view(), projected());
  }

  FeatureOperator operator(Duration emitEvery, WorkingMemory memory) {
    return new FeatureOperator(
        plan(), emitEvery, memory, FeatureTopology.lateRows(projected()), needsHistory);
  }

  /** The ride as the view's program would project it. */
  RowData row(Ride ride) {
    List<String> inputs = FeaturePlan.inputs(view());
    GenericRowData row = new GenericRowData(ride.kind, inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      row.setField(
          i,
          switch (inputs.get(i)) {
            case "`driver`" -> StringData.fromString(ride.driver);
            case "zone" -> ride.zone == null ? null : StringData.fromString(ride.zone);
            case "minutes" -> ride.minutes;
            case "price" -> ride.price;
            default -> throw new IllegalArgumentException(inputs.get(i));
          });
    }
    return row;
  }

  /** A row of the source, or one that takes back an earlier one. */
  record Ride(
      String driver, long timeMillis, RowKind kind, Integer minutes, Double price, String zone) {

    static Ride of(String driver, long timeMillis, Integer minutes) {
      return new Ride(driver, timeMillis, RowKind.INSERT, minutes, null, null);
    }

    boolean retracts() {
      return kind == RowKind.UPDATE_BEFORE || kind == RowKind.DELETE;
    }

    Ride takenBack() {
      return new Ride(driver, timeMillis, RowKind.DELETE, minutes, price, zone);
    }
  }
}
