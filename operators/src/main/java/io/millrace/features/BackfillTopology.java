package io.millrace.features;

import io.millrace.features.MomentOperator.Rows;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/**
 * From the history of a view to the state that its operator would hold by now, as a part of a
 * savepoint. For batch executions only, which hand over rows sorted by entity and time, and spill
 * to disk what they cannot sort in memory.
 *
 * <p>Memory: the state of all keys, divided by the subtasks, on the heap.
 */
public final class BackfillTopology {
  private BackfillTopology() {}

  /**
   * Computes and writes the state. What was written is told by the accumulator {@link #writtenBy},
   * a list with one {@link BackfilledState} for each subtask.
   *
   * @param plan what the view computes
   * @param rows what the view's program makes of the rows of its history, with event times
   * @param savepoint the state that the view has in a savepoint, which is kept; null: none
   * @param baseline state that was made of the rows before these, by the same plan; null: none
   * @param maxParallelism number of key groups, that of the job for which the state is
   * @param folder the savepoint's
   * @param uidPrefix the operators are {@code <prefix>-moments}, {@code <prefix>-state} and {@code
   *     <prefix>-end}
   */
  public static void state(
      FeaturePlan plan,
      DataStream<RowData> rows,
      OperatorState savepoint,
      OperatorState baseline,
      int maxParallelism,
      String folder,
      String uidPrefix) {
    String view = plan.schema().view();
    RowType entity = plan.schema().entity();
    rows.transform(
            view + ": events in order", rows.getType(), new MomentOperator(view, Rows.AGGREGATED))
        .setParallelism(rows.getParallelism())
        .uid(uidPrefix + "-moments")
        .keyBy(new EntityKeySelector(entity), InternalTypeInfo.of(entity))
        .transform(
            view + ": state",
            rows.getType(),
            new BackfillOperator(plan, savepoint, baseline, folder))
        .setMaxParallelism(maxParallelism)
        .uid(uidPrefix + "-state")
        .sinkTo(new DiscardingSink<>())
        .name(view + ": end")
        .uid(uidPrefix + "-end");
  }

  /** The accumulator of the states that were written. */
  public static String writtenBy(String view) {
    return "state of " + view;
  }

  /** The accumulator that counts the rows taken in. */
  public static String rowsOf(String view) {
    return "rows of " + view;
  }

  /** The accumulator that counts the keys that rows were taken in of. */
  public static String keysOf(String view) {
    return "keys of " + view;
  }

  /** The accumulator of the least event time taken in, {@link Long#MAX_VALUE} without rows. */
  public static String oldestOf(String view) {
    return "oldest of " + view;
  }

  /** The accumulator of the greatest event time taken in, {@link Long#MIN_VALUE} without rows. */
  public static String newestOf(String view) {
    return "newest of " + view;
  }
}
