package io.millrace.online;

import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.records.DeadLetter;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** A view in a Redis, as the tests write and read it. */
record Store(OnlineStore redis, FeatureSchema schema, Online online) {

  static final int MAX_ENTITY_BYTES = 1_000_000;

  static final Duration PATIENCE = Duration.ofSeconds(20);

  static Store at(String url, FeatureSchema schema, Online online) {
    return new Store(CarrierView.store(url, PATIENCE), schema, online);
  }

  /** A writer with metrics that can be looked at. */
  record Writer(
      RedisFeatureWriter sink, WriterMetrics metrics, ManualTime time, List<DeadLetter> refused)
      implements AutoCloseable {

    void write(FeatureVector... vectors) throws IOException, InterruptedException {
      for (FeatureVector vector : vectors) {
        sink.write(vector, null);
      }
    }

    void flush() throws IOException, InterruptedException {
      sink.flush(false);
    }

    @Override
    public void close() {
      sink.close();
    }
  }

  Writer writer() {
    return writer(500);
  }

  Writer writer(int batchEntities) {
    ManualTime time = new ManualTime();
    WriterMetrics metrics =
        new WriterMetrics(UnregisteredMetricsGroup.createSinkWriterMetricGroup());
    RedisSinkSettings settings =
        new RedisSinkSettings(
            batchEntities, 1 << 20, Duration.ofMillis(5), MAX_ENTITY_BYTES, redis.patience());
    List<DeadLetter> refused = new ArrayList<>();
    VectorLetters.Writer letters =
        new VectorLetters("flights", "flights", "flights", "1.0.0", schema, false).writer();
    RedisFeatureWriter sink =
        new RedisFeatureWriter(
            RedisAddress.of(redis),
            EntityLayout.of(CarrierView.PIPELINE, schema, online),
            settings,
            time,
            metrics,
            (vector, key, why, cure) -> refused.add(letters.letter(vector, key, why, cure)));
    return new Writer(sink, metrics, time, refused);
  }

  /** Writes from a writer of their own, all acknowledged. */
  void write(FeatureVector... vectors) throws IOException, InterruptedException {
    try (Writer writer = writer()) {
      writer.write(vectors);
      writer.flush();
    }
  }

  Optional<StoredFeatures> read(Object... entity) throws IOException {
    return readAll(List.of(List.of(entity))).get(0);
  }

  List<Optional<StoredFeatures>> readAll(List<List<Object>> entities) throws IOException {
    try (FeatureReader reader = new FeatureReader(redis, CarrierView.PIPELINE, schema, online)) {
      return reader.read(entities);
    }
  }
}
