package io.millrace.offline;

import io.millrace.contract.ContractVersion;
import io.millrace.evolution.ContractLog;
import io.millrace.evolution.ContractMessage;
import io.millrace.evolution.SourceContract;
import io.millrace.evolution.StoredVersion;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of a source in the form of one table, whose columns follow the newest version of the
 * contract: fields that it learned get columns of their own from the moment this subtask hears of
 * the version. Rows before that have them in {@code _evolved} alone.
 *
 * <table>
 * <caption>state</caption>
 * <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 * <tr><td>sequence (operator)</td><td>subtask</td><td>one number</td><td>never</td></tr>
 * </table>
 *
 * <p>The newest version needs no state: it is read from the log of versions before the first row.
 */
final class KeepEvolvingRows extends CoProcessFunction<RowData, ContractMessage, StoredRow>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(KeepEvolvingRows.class);

  private final int table;
  private final TableLayout layout;
  private final RowType rowType;
  private final SourceContract contract;
  private final ContractLog log;
  private transient SourceRows rows;
  private transient Sequence sequence;
  private transient ContractVersion version;

  KeepEvolvingRows(
      int table, TableLayout layout, RowType rowType, SourceContract contract, ContractLog log) {
    this.table = table;
    this.layout = layout;
    this.rowType = rowType;
    this.contract = contract;
    this.log = log;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    rows = new SourceRows(table, layout, rowType);
    sequence = new Sequence();
    rows.continueAt(sequence.restore(context));
  }

  @Override
  public void open(OpenContext context) throws Exception {
    follow(contract.newest(log.newest().get(contract.source())));
  }

  private void follow(ContractVersion newest) {
    version = newest;
    rows.evolve(EvolvedColumns.of(newest, layout));
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    sequence.keep(rows.sequence());
  }

  @Override
  public void processElement1(RowData row, Context context, Collector<StoredRow> out) {
    StoredRow stored = rows.stored(row, context.timestamp());
    if (stored != null) {
      out.collect(stored);
    }
  }

  @Override
  public void processElement2(ContractMessage message, Context context, Collector<StoredRow> out) {
    StoredVersion stored = message.version();
    if (stored == null || !stored.source().equals(contract.source())) {
      return;
    }
    try {
      ContractVersion other = contract.newest(stored.version());
      if (other.revision() >= version.revision()) {
        follow(other);
      }
    } catch (IllegalArgumentException unreadable) {
      LOG.warn(
          "A version of the contract of source {} cannot be read and is passed over: {}",
          stored.source(),
          unreadable.getMessage());
    }
  }
}
