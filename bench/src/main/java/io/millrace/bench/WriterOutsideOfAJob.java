package io.millrace.bench;

import io.millrace.online.RedisFeatureSink;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.FeatureVector;
import io.millrace.vectors.QdrantSink;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** What a sink's writer needs to run without a job around it. Its timers never fire. */
final class WriterOutsideOfAJob {
  private WriterOutsideOfAJob() {}

  static SinkWriter<FeatureVector> of(RedisFeatureSink sink) {
    return sink.createWriter(
        new NoTimers(),
        UnregisteredMetricsGroup.createSinkWriterMetricGroup(),
        (vector, key, why, cure) -> {
          throw new IllegalStateException(why + ". " + cure);
        });
  }

  static SinkWriter<EmbeddedRow> of(QdrantSink sink) {
    return sink.createWriter(
        new NoTimers(),
        UnregisteredMetricsGroup.createSinkWriterMetricGroup(),
        (row, why) -> {
          throw new IllegalStateException(why);
        });
  }

  private static final class NoTimers implements ProcessingTimeService {
    @Override
    public long getCurrentProcessingTime() {
      return System.currentTimeMillis();
    }

    @Override
    public ScheduledFuture<?> registerTimer(long timeMillis, ProcessingTimeCallback callback) {
      return null;
    }
  }
}
