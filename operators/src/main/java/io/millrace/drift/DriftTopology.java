package io.millrace.drift;

import io.millrace.records.Alert;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.Feedback;
import io.millrace.records.RetrainingAdvice;
import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** From rows to what is said about their drift. */
public final class DriftTopology {
  private DriftTopology() {}

  /**
   * Names and uids of a monitor's operators.
   *
   * @param prefix of the uids
   */
  public record Naming(String prefix, String monitor) {
    private <T> SingleOutputStreamOperator<T> name(
        SingleOutputStreamOperator<T> operator, String part, String text) {
      return operator.uid(prefix + "-" + part).name(monitor + ": " + text);
    }
  }

  /**
   * What a monitor says.
   *
   * @param summaries one per window and segment
   * @param results one per window, segment and column
   */
  public record Outputs(
      DataStream<DriftSummary> summaries,
      DataStream<DriftResult> results,
      DataStream<Alert> alerts,
      DataStream<RetrainingAdvice> advice) {}

  /**
   * Watches rows. Windows close by the rows' watermark alone: the other two streams must be idle.
   *
   * @param rows with event times; with {@link DriftPlan#retracts} those taken back have the time of
   *     the row they take back
   * @param controls orders to monitors; those to others are passed over
   * @param feedback on the monitor's model; that on others is passed over
   */
  public static Outputs watch(
      DataStream<RowData> rows,
      DataStream<DriftControl> controls,
      DataStream<Feedback> feedback,
      DriftPlan plan,
      Naming naming) {
    SingleOutputStreamOperator<ColumnChunk> chunks =
        naming
            .name(
                rows.transform(
                    "chunks", TypeInformation.of(ColumnChunk.class), new ChunkOperator(plan)),
                "chunks",
                "values by column")
            .setParallelism(rows.getParallelism());
    SingleOutputStreamOperator<ColumnChunk> orders =
        naming.name(controls.flatMap(new Orders(plan)), "orders", "orders").setParallelism(1);
    SingleOutputStreamOperator<ColumnWindow> windows =
        naming.name(
            chunks
                .union(orders)
                .keyBy(ColumnChunk::column, Types.STRING)
                .transform(
                    "columns", TypeInformation.of(ColumnWindow.class), new ColumnOperator(plan)),
            "columns",
            "columns against reference");
    String monitor = plan.monitor();
    OutputTag<DriftResult> results =
        new OutputTag<>("results", TypeInformation.of(DriftResult.class));
    OutputTag<Alert> alerts = new OutputTag<>("alerts", TypeInformation.of(Alert.class));
    OutputTag<RetrainingAdvice> advice =
        new OutputTag<>("advice", TypeInformation.of(RetrainingAdvice.class));
    SingleOutputStreamOperator<DriftSummary> summaries =
        naming
            .name(
                windows
                    .keyBy(window -> monitor, Types.STRING)
                    .connect(
                        feedback
                            .filter(each -> each.monitor().equals(monitor))
                            .uid(naming.prefix() + "-feedback")
                            .name(monitor + ": feedback")
                            .setParallelism(1)
                            .keyBy(each -> monitor, Types.STRING))
                    .process(
                        new MonitorFunction(plan, results, alerts, advice),
                        TypeInformation.of(DriftSummary.class)),
                "monitor",
                "drift of the data set")
            // One key: more subtasks would wait for it in vain.
            .setParallelism(1);
    return new Outputs(
        summaries,
        summaries.getSideOutput(results),
        summaries.getSideOutput(alerts),
        summaries.getSideOutput(advice));
  }

  /** An order to the monitor becomes one to each of its columns. */
  private static final class Orders implements FlatMapFunction<DriftControl, ColumnChunk> {
    private static final long serialVersionUID = 1L;
    private final String monitor;
    private final List<String> columns;

    Orders(DriftPlan plan) {
      monitor = plan.monitor();
      columns = plan.columns().stream().map(WatchedColumn::name).toList();
    }

    @Override
    public void flatMap(DriftControl control, Collector<ColumnChunk> out) {
      if (control.monitor().equals(monitor)) {
        columns.forEach(column -> out.collect(ColumnChunk.ofOrder(column, control)));
      }
    }
  }
}
