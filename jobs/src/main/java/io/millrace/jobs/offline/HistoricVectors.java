package io.millrace.jobs.offline;

import io.millrace.offline.TableLayout;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** Rows of a view's table as the vectors that they were. */
final class HistoricVectors extends RichMapFunction<RowData, FeatureVector> {
  private static final long serialVersionUID = 1L;

  private final RowType read;
  private final FeatureSchema schema;
  private final int eventTime;
  private final int revision;
  private final int deleted;
  private transient ReadColumns entity;
  private transient ReadColumns values;

  HistoricVectors(RowType read, FeatureSchema schema) {
    this.read = read;
    this.schema = schema;
    this.eventTime = read.getFieldIndex(TableLayout.EVENT_TIME);
    this.revision = read.getFieldIndex(TableLayout.REVISION);
    this.deleted = read.getFieldIndex(TableLayout.DELETED);
  }

  @Override
  public void open(OpenContext context) {
    entity = new ReadColumns(read, schema.entity());
    values = new ReadColumns(read, schema.values());
  }

  @Override
  public FeatureVector map(RowData row) {
    boolean gone = row.getBoolean(deleted);
    return new FeatureVector(
        entity.take(row),
        gone ? null : values.take(row),
        row.isNullAt(eventTime) ? Long.MIN_VALUE : row.getTimestamp(eventTime, 6).getMillisecond(),
        row.getLong(revision),
        gone);
  }
}
