package io.millrace.jobs.offline;

import io.millrace.records.RecordTypeInfo;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.RowType;

/** Type of a stream of {@link HistoricRow}s of one source. */
public final class HistoricRowTypeInfo extends RecordTypeInfo<HistoricRow> {
  private static final long serialVersionUID = 1L;

  private final RowType rowType;

  public HistoricRowTypeInfo(RowType rowType) {
    super(HistoricRow.class);
    this.rowType = rowType;
  }

  @Override
  public TypeSerializer<HistoricRow> createSerializer(SerializerConfig config) {
    return new HistoricRowSerializer(new RowDataSerializer(rowType));
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HistoricRowTypeInfo that && rowType.equals(that.rowType);
  }

  @Override
  public int hashCode() {
    return rowType.hashCode();
  }

  @Override
  public String toString() {
    return "HistoricRow";
  }
}
