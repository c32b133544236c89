package io.millrace.features;

import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import java.time.Duration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/** From the rows of a view of the newest row to its feature vectors. */
public final class LatestTopology {
  private LatestTopology() {}

  /**
   * The newest row of each entity, whenever it changes. The caller names the operator and sets its
   * uid.
   *
   * @param rows rows that hold {@link LatestPlan#inputs}, not filtered by the view's condition,
   *     with event time as timestamp
   * @param changelog whether rows are changes of a table, see {@link LatestFunction}
   * @param emitEvery an entity's row is emitted at most this often; zero: on every change
   */
  public static SingleOutputStreamOperator<FeatureVector> featureVectors(
      DataStream<RowData> rows, LatestPlan plan, boolean changelog, Duration emitEvery) {
    RowType entity = plan.schema().entity();
    return rows.keyBy(new EntityKeySelector(entity), InternalTypeInfo.of(entity))
        .process(
            new LatestFunction(plan, changelog, emitEvery),
            new FeatureVectorTypeInfo(plan.schema()));
  }
}
