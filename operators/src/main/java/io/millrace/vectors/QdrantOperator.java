package io.millrace.vectors;

import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import org.apache.flink.runtime.metrics.groups.InternalSinkWriterMetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * A {@link QdrantWriter} as an operator, so that what Qdrant refuses can go on as dead letters:
 * before a checkpoint's barrier passes, everything that came before it is acknowledged or a dead
 * letter. It has no state.
 */
final class QdrantOperator extends AbstractStreamOperator<DeadLetter>
    implements OneInputStreamOperator<EmbeddedRow, DeadLetter>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  private final QdrantSink sink;
  private final PointLetters letters;
  private transient QdrantWriter writer;

  QdrantOperator(QdrantSink sink, PointLetters letters) {
    this.sink = sink;
    this.letters = letters;
  }

  @Override
  public void open() throws Exception {
    super.open();
    writer =
        sink.writer(
            getProcessingTimeService(),
            InternalSinkWriterMetricGroup.wrap(getMetricGroup()),
            (row, why) ->
                output.collect(
                    new StreamRecord<>(letters.letter(row, why), row.eventTimeMillis())));
  }

  @Override
  public void processElement(StreamRecord<EmbeddedRow> element) throws Exception {
    writer.write(element.getValue(), null);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    writer.flush(false);
  }

  @Override
  public void endInput() throws Exception {
    writer.flush(true);
  }

  @Override
  public void close() throws Exception {
    if (writer != null) {
      writer.close();
    }
    super.close();
  }
}
