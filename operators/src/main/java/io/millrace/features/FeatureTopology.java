package io.millrace.features;

import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.OutputTag;

/** From the rows of a view to its feature vectors. */
public final class FeatureTopology {
  private FeatureTopology() {}

  /**
   * The features of each entity after every row, and again when rows leave a window. The caller
   * names the operator and sets its uid.
   *
   * @param rows rows that hold {@link FeaturePlan#inputs}, with event time as timestamp and a row
   *     kind: updates and deletes take back what they replace
   * @param emitEvery an entity's features are emitted at most this often; zero: on every change
   * @param memory for the keys that are worked on, in each subtask
   */
  public static SingleOutputStreamOperator<FeatureVector> featureVectors(
      DataStream<RowData> rows,
      RowType projected,
      FeaturePlan plan,
      Duration emitEvery,
      WorkingMemory memory) {
    return featureVectors(rows, projected, plan, emitEvery, memory, false);
  }

  /**
   * The same, and begins only with state that was computed from history, see {@link
   * BackfillTopology}, if that is asked for.
   *
   * @param needsHistory whether the operator fails where its state knows less than its features
   *     need
   */
  public static SingleOutputStreamOperator<FeatureVector> featureVectors(
      DataStream<RowData> rows,
      RowType projected,
      FeaturePlan plan,
      Duration emitEvery,
      WorkingMemory memory,
      boolean needsHistory) {
    RowType entity = plan.schema().entity();
    return rows.keyBy(new EntityKeySelector(entity), InternalTypeInfo.of(entity))
        .transform(
            "features of " + plan.schema().view(),
            new FeatureVectorTypeInfo(plan.schema()),
            new FeatureOperator(plan, emitEvery, memory, lateRows(projected), needsHistory));
  }

  /**
   * Side output of the rows that came when no window could hold them any more, or without a time.
   *
   * @param projected type of the rows that the features are computed from
   */
  public static OutputTag<RowData> lateRows(RowType projected) {
    return new OutputTag<>("late-rows", InternalTypeInfo.of(projected));
  }
}
