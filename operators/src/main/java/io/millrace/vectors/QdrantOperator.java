package io.millrace.vectors;

import io.millrace.delivery.WriterOperator;
import io.millrace.records.EmbeddedRow;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * A {@link QdrantWriter} whose refused points go on as dead letters, and acknowledged rows as a
 * side output.
 */
final class QdrantOperator extends WriterOperator<EmbeddedRow> {

  private static final long serialVersionUID = 1L;

  private final QdrantSink sink;
  private final PointLetters letters;
  private final OutputTag<EmbeddedRow> acknowledged;

  QdrantOperator(QdrantSink sink, PointLetters letters) {
    this.sink = sink;
    this.letters = letters;
    this.acknowledged = sink.acknowledged();
  }

  @Override
  protected SinkWriter<EmbeddedRow> writer(
      ProcessingTimeService time, SinkWriterMetricGroup metrics) {
    return sink.writer(
        time,
        metrics,
        (row, why) -> refuse(letters.letter(row, why), row.eventTimeMillis()),
        row -> output.collect(acknowledged, new StreamRecord<>(row, row.eventTimeMillis())));
  }
}
