package io.millrace.online;

import io.millrace.delivery.WriterOperator;
import io.millrace.records.FeatureVector;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/** A {@link RedisFeatureWriter} whose refused vectors go on as dead letters. */
final class RedisFeatureOperator extends WriterOperator<FeatureVector> {

  private static final long serialVersionUID = 1L;

  private final RedisFeatureSink sink;
  private final VectorLetters letters;
  private final boolean counted;
  private transient RedisFeatureWriter writer;

  /**
   * @param counted whether accumulators tell, when the input has ended, what became of it
   */
  RedisFeatureOperator(RedisFeatureSink sink, VectorLetters letters, boolean counted) {
    this.sink = sink;
    this.letters = letters;
    this.counted = counted;
  }

  @Override
  protected SinkWriter<FeatureVector> writer(
      ProcessingTimeService time, SinkWriterMetricGroup metrics) {
    VectorLetters.Writer letter = letters.writer();
    writer =
        sink.writer(
            time,
            metrics,
            (vector, key, why, cure) ->
                refuse(letter.letter(vector, key, why, cure), vector.eventTimeMillis()));
    return writer;
  }

  @Override
  protected void ended() {
    if (counted) {
      String view = letters.schema().view();
      WriterMetrics metrics = writer.metrics();
      count(RedisFeatureSink.writtenCounter(view), metrics.writes);
      count(RedisFeatureSink.guardedCounter(view), metrics.guarded);
      count(RedisFeatureSink.refusedCounter(view), metrics.refused);
      count(RedisFeatureSink.skippedCounter(view), metrics.skipped);
    }
  }

  private void count(String name, Counter metric) {
    getRuntimeContext().addAccumulator(name, new LongCounter(metric.getCount()));
  }
}
