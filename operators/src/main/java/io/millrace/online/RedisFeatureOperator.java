package io.millrace.online;

import io.millrace.delivery.WriterOperator;
import io.millrace.records.FeatureVector;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/** A {@link RedisFeatureWriter} whose refused vectors go on as dead letters. */
final class RedisFeatureOperator extends WriterOperator<FeatureVector> {

  private static final long serialVersionUID = 1L;

  private final RedisFeatureSink sink;
  private final VectorLetters letters;

  RedisFeatureOperator(RedisFeatureSink sink, VectorLetters letters) {
    this.sink = sink;
    this.letters = letters;
  }

  @Override
  protected SinkWriter<FeatureVector> writer(
      ProcessingTimeService time, SinkWriterMetricGroup metrics) {
    VectorLetters.Writer letter = letters.writer();
    return sink.writer(
        time,
        metrics,
        (vector, key, why, cure) ->
            refuse(letter.letter(vector, key, why, cure), vector.eventTimeMillis()));
  }
}
