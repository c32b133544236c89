package io.millrace.quality;

import io.millrace.expressions.RowProgram;
import io.millrace.ingest.SplitDeadLetters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/**
 * Lets the rows pass that satisfy a condition, which {@link RowProgram#applyBeside} has put beside
 * them. Rows on which it failed, such as by a division by zero, do not satisfy it; those for which
 * it is unknown do, as with a database's CHECK.
 *
 * <p>Of an update the row before is let pass exactly if the row itself was, since a condition gives
 * the same answer every time. No state: see {@link CountingOperator}.
 */
final class SqlRuleOperator extends RuleOperator {
  private static final long serialVersionUID = 1L;

  private static final int INPUT = 0;
  private static final int OUTPUT = 1;
  private static final int FAILURE = 2;

  private final int arity;

  /**
   * @param arity fields of the rows
   */
  SqlRuleOperator(Enforcement enforcement, int arity, long windowMillis) {
    super(enforcement, windowMillis);
    this.arity = arity;
  }

  @Override
  public void processElement(StreamRecord<RowData> element) {
    RowData both = element.getValue();
    RowData row = both.getRow(INPUT, arity);
    row.setRowKind(both.getRowKind());
    boolean failed = !both.isNullAt(FAILURE);
    boolean kept = !failed && keeps(both.getRow(OUTPUT, 1));
    boolean current =
        row.getRowKind() == RowKind.INSERT || row.getRowKind() == RowKind.UPDATE_AFTER;
    if (current && element.hasTimestamp()) {
      count(element.getTimestamp(), CHECKED);
      if (!kept) {
        count(element.getTimestamp(), FAILED);
      }
    }
    if (kept) {
      output.collect(element.replace(row));
      return;
    }
    long time = element.hasTimestamp() ? element.getTimestamp() : 0;
    String why = failed ? ", and it failed: " + both.getString(FAILURE) : "";
    Enforcement.Outcome outcome = enforcement.broken(row, why, time);
    if (outcome.row() != null) {
      output.collect(element.replace(outcome.row()));
    } else if (outcome.letter() != null && current) {
      output.collect(SplitDeadLetters.DEAD_LETTERS, new StreamRecord<>(outcome.letter(), time));
    }
  }

  private static boolean keeps(RowData result) {
    return result.isNullAt(0) || result.getBoolean(0);
  }
}
