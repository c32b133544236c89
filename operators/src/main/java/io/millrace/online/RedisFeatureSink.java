package io.millrace.online;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.records.DeadLetter;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * Writes one view's vectors to the online store.
 *
 * <p>Effectively once: everything that was written before a checkpoint is acknowledged by Redis
 * when the checkpoint completes, what is replayed after a failure is written again, and a version
 * guard in Redis (see {@code docs/decisions/0004-redis-layout.md}) turns away what is older than
 * what is there. Vectors of one entity must arrive at one writer in order, so the stream is keyed
 * by entity up to here; the guard takes care of everything else.
 *
 * <p>While Redis is away the sink holds the job back and loses nothing. After {@link
 * OnlineStore#patience()} it fails, naming the address and the last cause. A vector that Redis does
 * not take, because its key holds something else or it is too large, becomes a dead letter and the
 * job goes on (docs/decisions/0014-dead-letters-and-replay.md).
 */
public final class RedisFeatureSink implements Sink<FeatureVector> {
  private static final long serialVersionUID = 1L;

  private final RedisAddress address;
  private final String pipeline;
  private final FeatureSchema schema;
  private final Duration ttl;
  private final Layout layout;
  private final String project;
  private final RedisSinkSettings settings;
  private final RefusedVectors refusedVectors;

  /**
   * @throws IllegalArgumentException if the address is malformed or the layout cannot hold a type
   *     of the view
   */
  public RedisFeatureSink(OnlineStore store, String pipeline, FeatureSchema schema, Online online) {
    this(
        RedisAddress.of(store),
        pipeline,
        schema,
        online,
        RedisSinkSettings.withPatience(store.patience()),
        RefusedVectors.FAIL);
  }

  private RedisFeatureSink(RedisFeatureSink other, RefusedVectors refusedVectors) {
    this.address = other.address;
    this.pipeline = other.pipeline;
    this.schema = other.schema;
    this.ttl = other.ttl;
    this.layout = other.layout;
    this.project = other.project;
    this.settings = other.settings;
    this.refusedVectors = refusedVectors;
  }

  /** The same sink for {@code sinkTo}, with this way for vectors that Redis does not take. */
  public RedisFeatureSink handing(RefusedVectors handler) {
    return new RedisFeatureSink(this, handler);
  }

  RedisFeatureSink(
      RedisAddress address,
      String pipeline,
      FeatureSchema schema,
      Online online,
      RedisSinkSettings settings,
      RefusedVectors refusedVectors) {
    this.address = address;
    this.pipeline = pipeline;
    this.schema = schema;
    this.ttl = online.ttl().orElse(null);
    this.layout = online.layout();
    this.project = online.project();
    this.settings = settings;
    this.refusedVectors = refusedVectors;
    layout();
  }

  private EntityLayout layout() {
    return EntityLayout.of(pipeline, schema, new Online(Optional.ofNullable(ttl), layout, project));
  }

  /**
   * Writes a stream of vectors to the store.
   *
   * @param letters how vectors that the store does not take become dead letters
   * @return those dead letters; in a transactional topic they appear once, whatever fails
   */
  public SingleOutputStreamOperator<DeadLetter> write(
      DataStream<FeatureVector> vectors, VectorLetters letters) {
    return write(vectors, letters, false);
  }

  /**
   * Writes vectors that end to the store. The job's accumulators tell what became of them: {@link
   * #writtenCounter} and the others.
   *
   * @see #write
   */
  public SingleOutputStreamOperator<DeadLetter> writeAll(
      DataStream<FeatureVector> vectors, VectorLetters letters) {
    return write(vectors, letters, true);
  }

  private SingleOutputStreamOperator<DeadLetter> write(
      DataStream<FeatureVector> vectors, VectorLetters letters, boolean counted) {
    return vectors
        .transform(
            "Redis",
            TypeInformation.of(DeadLetter.class),
            new RedisFeatureOperator(this, letters, counted))
        .setParallelism(vectors.getParallelism());
  }

  /** The accumulator that counts vectors that the store has taken. */
  public static String writtenCounter(String view) {
    return "written of " + view;
  }

  /** The accumulator that counts vectors that are older than what the store has. */
  public static String guardedCounter(String view) {
    return "guarded of " + view;
  }

  /** The accumulator that counts vectors that the store does not take, each a dead letter. */
  public static String refusedCounter(String view) {
    return "refused vectors of " + view;
  }

  /** The accumulator that counts vectors whose entity has no key in the layout. */
  public static String skippedCounter(String view) {
    return "skipped of " + view;
  }

  @Override
  public SinkWriter<FeatureVector> createWriter(WriterInitContext context) {
    return writer(context.getProcessingTimeService(), context.metricGroup(), refusedVectors);
  }

  /**
   * A writer outside of a job.
   *
   * @param time sends what lingers
   * @param refused takes what the store does not
   */
  public SinkWriter<FeatureVector> createWriter(
      ProcessingTimeService time, SinkWriterMetricGroup metrics, RefusedVectors refused) {
    return writer(time, metrics, refused);
  }

  RedisFeatureWriter writer(
      ProcessingTimeService time, SinkWriterMetricGroup metrics, RefusedVectors refused) {
    return new RedisFeatureWriter(
        address, layout(), settings, time, new WriterMetrics(metrics), refused);
  }
}
