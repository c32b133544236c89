package io.millrace.embedding;

import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddedRowTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.util.OutputTag;

/** From the rows of a source to the points of a collection. */
public final class EmbeddingTopology {
  /** Rows that could not be embedded. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("not-embedded", TypeInformation.of(DeadLetter.class));

  private EmbeddingTopology() {}

  /**
   * The points of rows, whenever they change. The caller names the operator and sets its uid.
   *
   * @param rows of the plan's row type, with event time as timestamp
   */
  public static SingleOutputStreamOperator<EmbeddedRow> embeddedRows(
      DataStream<RowData> rows, EmbeddingPlan plan) {
    EncoderSettings encoder = plan.encoder();
    return rows.keyBy(new RowKey(plan.rowType(), plan.key()), InternalTypeInfo.of(plan.keyType()))
        .transform(
            "embedding",
            new EmbeddedRowTypeInfo(plan.schema()),
            new EmbeddingOperatorFactory(plan, () -> Encoders.open(encoder), DEAD_LETTERS));
  }
}
