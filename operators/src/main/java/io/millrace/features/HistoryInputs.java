package io.millrace.features;

import io.millrace.ingest.PositionedRows;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * The rows of one source's history as views take them in: views of the newest row with what tells
 * the order of rows of equal times, where the history has it, all others without.
 */
public final class HistoryInputs {
  private final DataStream<RowData> rows;
  private final RowType type;
  private final String uidPrefix;
  private DataStream<RowData> plain;

  /**
   * @param rows as the source has them, or {@link PositionedRows} of them
   * @param uidPrefix an operator {@code <uidPrefix>-plain} is added where one is needed
   */
  public HistoryInputs(DataStream<RowData> rows, String uidPrefix) {
    this.rows = rows;
    this.uidPrefix = uidPrefix;
    type = PositionedRows.typeOf(rows);
  }

  /** The view, compiled for {@link #rows}. */
  public CompiledView view(CompiledView view) {
    return view.over(type);
  }

  /** The rows that the program of a view is applied to. */
  public DataStream<RowData> rows(CompiledView view) {
    if (!PositionedRows.isType(type) || view.latest().isPresent()) {
      return rows;
    }
    if (plain == null) {
      plain = PositionedRows.without(rows).name("rows without positions").uid(uidPrefix + "-plain");
    }
    return plain;
  }
}
