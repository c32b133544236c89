package io.millrace.jobs.offline;

import io.millrace.ingest.Position;
import io.millrace.offline.TableLayout;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/** Rows of a history table as rows of the source that they came from. */
final class HistoricRows extends RichMapFunction<RowData, HistoricRow> {
  private static final long serialVersionUID = 1L;

  private final RowType read;
  private final RowType wanted;
  private final int eventTime;
  private final int sequence;
  private final int change;
  private final int partition;
  private final int offset;
  private transient ReadColumns columns;

  HistoricRows(RowType read, RowType wanted) {
    this.read = read;
    this.wanted = wanted;
    this.eventTime = read.getFieldIndex(TableLayout.EVENT_TIME);
    this.sequence = read.getFieldIndex(TableLayout.SEQUENCE);
    this.change = read.getFieldIndex(TableLayout.CHANGE);
    this.partition = read.getFieldIndex(TableLayout.PARTITION);
    this.offset = read.getFieldIndex(TableLayout.OFFSET);
  }

  @Override
  public void open(OpenContext context) {
    columns = new ReadColumns(read, wanted);
  }

  @Override
  public HistoricRow map(RowData row) {
    GenericRowData taken = columns.take(row);
    if (change >= 0) {
      taken.setRowKind(kind(row.getString(change).toString()));
    }
    return new HistoricRow(
        taken,
        row.isNullAt(eventTime) ? Long.MIN_VALUE : row.getTimestamp(eventTime, 6).getMillisecond(),
        sequence < 0 || row.isNullAt(sequence) ? 0 : row.getLong(sequence),
        position(row));
  }

  private Position position(RowData row) {
    return offset < 0 || partition < 0 || row.isNullAt(offset) || row.isNullAt(partition)
        ? null
        : new Position(row.getInt(partition), row.getLong(offset));
  }

  private static RowKind kind(String written) {
    return switch (written) {
      case "+I" -> RowKind.INSERT;
      case "-U" -> RowKind.UPDATE_BEFORE;
      case "+U" -> RowKind.UPDATE_AFTER;
      case "-D" -> RowKind.DELETE;
      default ->
          throw new IllegalArgumentException(
              "the change \""
                  + written
                  + "\" in "
                  + TableLayout.CHANGE
                  + " is none of +I, -U, +U, -D");
    };
  }
}
