package io.millrace.vectors;

import io.millrace.pipeline.QdrantSpec;
import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddedRowTypeInfo;
import io.millrace.records.EmbeddingSchema;
import java.io.Serializable;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * Keeps the points of embedded rows in a Qdrant collection (server 1.16 or newer).
 *
 * <p>Effectively once: everything that was written before a checkpoint is acknowledged by Qdrant
 * when the checkpoint completes, what is replayed after a failure is written again, and the version
 * of each point keeps what is older from overwriting or reviving it, see {@link QdrantBatch}. The
 * order in which changes arrive does not matter.
 *
 * <p>While Qdrant is away the sink holds the job back and loses nothing. After {@link
 * QdrantSpec#patience()} it fails, naming the address and the last cause. A point that Qdrant does
 * not take becomes a dead letter ({@link #write}) or goes to a handler ({@link #handing}).
 */
public final class QdrantSink implements Sink<EmbeddedRow>, Serializable {
  private static final long serialVersionUID = 1L;

  private final QdrantAddress address;
  private final QdrantSettings settings;
  private final EmbeddingSchema schema;
  private final RefusedPoints refusedPoints;

  /**
   * @throws IllegalArgumentException if the address is malformed
   */
  public QdrantSink(QdrantSpec spec, EmbeddingSchema schema) {
    this(QdrantAddress.of(spec), QdrantSettings.of(spec), schema, RefusedPoints.FAIL);
  }

  private QdrantSink(
      QdrantAddress address,
      QdrantSettings settings,
      EmbeddingSchema schema,
      RefusedPoints refusedPoints) {
    this.address = address;
    this.settings = settings;
    this.schema = schema;
    this.refusedPoints = refusedPoints;
  }

  /** The same sink for {@code sinkTo}, with this way for points that Qdrant does not take. */
  public QdrantSink handing(RefusedPoints handler) {
    return new QdrantSink(address, settings, schema, handler);
  }

  /**
   * Writes a stream of rows to the collection.
   *
   * @return dead letters of points that Qdrant does not take; in a transactional topic they appear
   *     once, whatever fails. Its side output {@link #acknowledged()} has the rows that were taken.
   */
  public SingleOutputStreamOperator<DeadLetter> write(
      DataStream<EmbeddedRow> rows, PointLetters letters) {
    return rows.transform(
            "Qdrant", TypeInformation.of(DeadLetter.class), new QdrantOperator(this, letters))
        .setParallelism(rows.getParallelism());
  }

  /**
   * Rows whose points a search finds from now on, or finds no more; a row may come again after a
   * failure.
   */
  public OutputTag<EmbeddedRow> acknowledged() {
    return new OutputTag<>("acknowledged", new EmbeddedRowTypeInfo(schema));
  }

  @Override
  public SinkWriter<EmbeddedRow> createWriter(WriterInitContext context) {
    return createWriter(context.getProcessingTimeService(), context.metricGroup(), refusedPoints);
  }

  /**
   * A writer outside of a job.
   *
   * @param time sends what lingers
   * @param refused is called in the thread that writes
   */
  public SinkWriter<EmbeddedRow> createWriter(
      ProcessingTimeService time, SinkWriterMetricGroup metrics, RefusedPoints refused) {
    return writer(time, metrics, refused, row -> {});
  }

  QdrantWriter writer(
      ProcessingTimeService time,
      SinkWriterMetricGroup metrics,
      RefusedPoints refused,
      Consumer<EmbeddedRow> acknowledged) {
    return new QdrantWriter(address, settings, schema, time, metrics, refused, acknowledged);
  }
}
