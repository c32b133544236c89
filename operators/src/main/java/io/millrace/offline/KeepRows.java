package io.millrace.offline;

import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/**
 * Rows of a source whose contract stays as it is, in the form of one table.
 *
 * <table>
 * <caption>state</caption>
 * <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 * <tr><td>sequence (operator)</td><td>subtask</td><td>one number</td><td>never</td></tr>
 * </table>
 */
final class KeepRows extends ProcessFunction<RowData, StoredRow> implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  private final int table;
  private final TableLayout layout;
  private final RowType rowType;
  private transient SourceRows rows;
  private transient Sequence sequence;

  KeepRows(int table, TableLayout layout, RowType rowType) {
    this.table = table;
    this.layout = layout;
    this.rowType = rowType;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    rows = new SourceRows(table, layout, rowType);
    sequence = new Sequence();
    rows.continueAt(sequence.restore(context));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    sequence.keep(rows.sequence());
  }

  @Override
  public void processElement(RowData row, Context context, Collector<StoredRow> out) {
    StoredRow stored = rows.stored(row, context.timestamp());
    if (stored != null) {
      out.collect(stored);
    }
  }
}
