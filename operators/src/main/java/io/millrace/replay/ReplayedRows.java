package io.millrace.replay;

import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetter.Raw.Content;
import io.millrace.records.Replay;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.OutputTag;

/**
 * Rows that one view refused, for that view alone: the others have taken them in. They keep their
 * event time. No state.
 */
public final class ReplayedRows extends AbstractStreamOperator<RowData>
    implements OneInputStreamOperator<Replay, RowData> {

  /** Rows that no longer fit their contract. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("replayed-dead-letters", TypeInformation.of(DeadLetter.class));

  private static final long serialVersionUID = 1L;

  private final Guard.Settings settings;
  private final String view;
  private transient Guard guard;

  public ReplayedRows(Guard.Settings settings, String view) {
    this.settings = settings;
    this.view = view;
  }

  @Override
  public void open() throws Exception {
    super.open();
    guard = new Guard(settings, System::currentTimeMillis);
  }

  @Override
  public void processElement(StreamRecord<Replay> element) {
    DeadLetter letter = element.getValue().letter();
    if (!letter.view().equals(view) || letter.raw().content() != Content.ROW) {
      return;
    }
    Ingested again = again(guard, letter);
    if (again.isRow()) {
      output.collect(new StreamRecord<>(again.row(), again.eventTimeMillis()));
    } else if (again.isDeadLetter()) {
      output.collect(
          DEAD_LETTERS, new StreamRecord<>(again.deadLetter().ofView(view), letter.timeMillis()));
    }
  }

  /** Settled: it was a row already, and its bytes are not in the source's format. */
  static Ingested again(Guard guard, DeadLetter letter) {
    Ingested again =
        guard.settle(guard.admit(letter.raw().bytes(), letter.timeMillis(), letter::coordinates));
    DeadLetter refused = again.deadLetter();
    return refused == null
        ? again
        : again.quarantined(refused.withRaw(refused.raw().as(Content.ROW)));
  }
}
