package io.millrace.replay;

import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.Position;
import io.millrace.ingest.RecordFormat;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetter.Raw.Content;
import io.millrace.records.Replay;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Reads the replays of one source again: from the bytes of the record as the source does, from a
 * row's JSON by the contract. What comes out is held against the contract like any other record,
 * keeps its own event time, and where it is refused again its letter counts the replay.
 *
 * <p>Replays of letters that a view or its store wrote are passed over. No state.
 */
public final class ReplayedRecords extends AbstractStreamOperator<Ingested>
    implements OneInputStreamOperator<Replay, Ingested> {

  private static final long serialVersionUID = 1L;

  private final Guard.Settings settings;
  private final RecordFormat format;
  private final String topic;
  private transient Guard records;
  private transient Guard rows;

  public ReplayedRecords(Guard.Settings settings, RecordFormat format) {
    this(settings, format, null);
  }

  /**
   * @param topic of the source, where records are to keep the {@link Position} that their letter
   *     names in it; null: nobody asks for it
   */
  public ReplayedRecords(Guard.Settings settings, RecordFormat format, String topic) {
    this.settings = settings;
    this.format = format;
    this.topic = topic;
  }

  @Override
  public void open() throws Exception {
    super.open();
    records = format.guard(settings, System::currentTimeMillis);
    rows = new Guard(settings, System::currentTimeMillis);
  }

  @Override
  public void processElement(StreamRecord<Replay> element) {
    DeadLetter letter = element.getValue().letter();
    if (!letter.source().equals(settings.intake().source()) || !letter.view().isEmpty()) {
      return;
    }
    Ingested again = letter.raw().content() == Content.ROW ? row(letter) : record(letter);
    if (topic != null) {
      again = again.at(Position.of(letter.coordinates(), topic));
    }
    output.collect(new StreamRecord<>(again, again.eventTimeMillis()));
  }

  private Ingested record(DeadLetter letter) {
    // Not settled: the guard behind decides by the newest version of the contract.
    return records.admit(letter.raw().bytes(), letter.timeMillis(), letter::coordinates);
  }

  private Ingested row(DeadLetter letter) {
    return ReplayedRows.again(rows, letter);
  }
}
