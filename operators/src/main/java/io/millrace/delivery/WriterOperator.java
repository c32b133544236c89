package io.millrace.delivery;

import io.millrace.records.DeadLetter;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.runtime.metrics.groups.InternalSinkWriterMetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * A sink's writer as an operator, so that what the store refuses can go on as dead letters: before
 * a checkpoint's barrier passes, everything that came before it is acknowledged or a dead letter.
 * It has no state.
 *
 * <p>Its subtasks write in the order in which elements come.
 */
public abstract class WriterOperator<T> extends AbstractStreamOperator<DeadLetter>
    implements OneInputStreamOperator<T, DeadLetter>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  private transient SinkWriter<T> writer;

  /** Called once, in the task. What is refused goes to {@link #refuse}. */
  protected abstract SinkWriter<T> writer(
      ProcessingTimeService time, SinkWriterMetricGroup metrics);

  /** Hands on a dead letter. */
  protected final void refuse(DeadLetter letter, long eventTimeMillis) {
    output.collect(new StreamRecord<>(letter, eventTimeMillis));
  }

  @Override
  public final void open() throws Exception {
    super.open();
    writer =
        writer(getProcessingTimeService(), InternalSinkWriterMetricGroup.wrap(getMetricGroup()));
  }

  @Override
  public final void processElement(StreamRecord<T> element) throws Exception {
    writer.write(element.getValue(), null);
  }

  @Override
  public final void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    writer.flush(false);
  }

  @Override
  public final void endInput() throws Exception {
    writer.flush(true);
    ended();
  }

  /** Called at the end of a bounded input, when all of it is acknowledged or a dead letter. */
  protected void ended() {}

  @Override
  public final void close() throws Exception {
    if (writer != null) {
      writer.close();
    }
    super.close();
  }
}
