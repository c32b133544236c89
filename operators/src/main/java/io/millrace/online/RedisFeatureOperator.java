package io.millrace.online;

import io.millrace.records.DeadLetter;
import io.millrace.records.FeatureVector;
import org.apache.flink.runtime.metrics.groups.InternalSinkWriterMetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * A {@link RedisFeatureWriter} as an operator, so that what Redis refuses can go on as dead
 * letters: before a checkpoint's barrier passes, everything that came before it is acknowledged or
 * a dead letter. It has no state.
 *
 * <p>Its subtasks write in the order in which vectors come.
 */
final class RedisFeatureOperator extends AbstractStreamOperator<DeadLetter>
    implements OneInputStreamOperator<FeatureVector, DeadLetter>, BoundedOneInput {

  private static final long serialVersionUID = 1L;

  private final RedisFeatureSink sink;
  private final VectorLetters letters;
  private transient RedisFeatureWriter writer;

  RedisFeatureOperator(RedisFeatureSink sink, VectorLetters letters) {
    this.sink = sink;
    this.letters = letters;
  }

  @Override
  public void open() throws Exception {
    super.open();
    VectorLetters.Writer letter = letters.writer();
    writer =
        sink.writer(
            getProcessingTimeService(),
            InternalSinkWriterMetricGroup.wrap(getMetricGroup()),
            (vector, key, why, cure) ->
                output.collect(
                    new StreamRecord<>(
                        letter.letter(vector, key, why, cure), vector.eventTimeMillis())));
  }

  @Override
  public void processElement(StreamRecord<FeatureVector> element) throws Exception {
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
