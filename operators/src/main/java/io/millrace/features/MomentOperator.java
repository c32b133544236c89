package io.millrace.features;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/**
 * Gives rows their place in the history of their entity, see {@link Moments}. Rows without a time
 * are counted and dropped, as online; rows of times that history is not asked for are dropped.
 */
final class MomentOperator extends AbstractStreamOperator<RowData>
    implements OneInputStreamOperator<RowData, RowData> {
  private static final long serialVersionUID = 1L;

  /** What a row's rank depends on. */
  enum Rows {
    /** Nothing is taken back before it was added. */
    AGGREGATED,
    /** An update replaces; where a key was deleted and inserted, it is there. */
    LATEST,
    QUESTIONS
  }

  private final Rows rows;
  private final String view;
  private final long firstMillis;
  private final long lastMillis;
  private transient LongCounter untimed;

  MomentOperator(String view, Rows rows) {
    this(view, rows, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /**
   * @param firstMillis the first event time that counts
   * @param lastMillis the last one
   */
  MomentOperator(String view, Rows rows, long firstMillis, long lastMillis) {
    this.view = view;
    this.rows = rows;
    this.firstMillis = firstMillis;
    this.lastMillis = lastMillis;
  }

  @Override
  public void open() throws Exception {
    super.open();
    untimed = new LongCounter();
    if (rows != Rows.QUESTIONS) {
      getRuntimeContext().addAccumulator(QuestionTopology.untimedCounter(view), untimed);
    }
  }

  @Override
  public void processElement(StreamRecord<RowData> record) {
    if (!record.hasTimestamp() || !Hops.isTime(record.getTimestamp())) {
      untimed.add(1);
      return;
    }
    if (record.getTimestamp() < firstMillis || record.getTimestamp() > lastMillis) {
      return;
    }
    RowData row = record.getValue();
    output.collect(record.replace(row, Moments.at(record.getTimestamp(), rank(row.getRowKind()))));
  }

  private int rank(RowKind kind) {
    boolean taken = Moments.isTakenBack(kind);
    return switch (rows) {
      case AGGREGATED -> taken ? Moments.SECOND : Moments.FIRST;
      case LATEST -> taken ? Moments.FIRST : Moments.SECOND;
      case QUESTIONS -> Moments.QUESTION;
    };
  }
}
