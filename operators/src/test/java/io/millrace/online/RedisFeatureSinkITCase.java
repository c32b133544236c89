package io.millrace.online;

import static io.millrace.online.CarrierView.NEW_YEAR;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import io.millrace.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sink in a job that fails and goes on from its checkpoints. */
class RedisFeatureSinkITCase {

  private static final int KEYS = 100;
  private static final long EVENTS = 60_000;

  @TempDir Path dir;

  /** Fails twice, each time after a checkpoint that lies some way back. */
  private static final class FailsTwice implements MapFunction<Long, Long>, CheckpointListener {
    private static final long serialVersionUID = 1L;
    private static final AtomicLong FAILURES = new AtomicLong();
    private static final AtomicLong COMPLETED = new AtomicLong();

    private long sinceCheckpoint;

    @Override
    public Long map(Long event) {
      if (COMPLETED.get() > FAILURES.get() && ++sinceCheckpoint > 2_000 && FAILURES.get() < 2) {
        FAILURES.incrementAndGet();
        throw new IllegalStateException("planned failure at event " + event);
      }
      return event;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      COMPLETED.incrementAndGet();
    }
  }

  /** Events come no faster than checkpoints can be taken between them. */
  private static final class Paced implements MapFunction<Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long map(Long event) {
      if (event % 100 == 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
      }
      return event;
    }
  }

  @Test
  void shouldHoldTheLastVectorOfEveryEntityAfterFailures() throws Exception {
    try (RedisServer redis = RedisServer.start(dir)) {
      Store store =
          Store.at(
              redis.uri(),
              CarrierView.SCHEMA,
              new Online(Optional.empty(), Layout.FEAST, "flights"));
      Configuration settings = new Configuration();
      settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
      settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2);
      settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
      env.setParallelism(1);
      env.enableCheckpointing(100);
      DataStream<FeatureVector> vectors =
          env.fromSource(
                  new NumberSequenceSource(0, EVENTS - 1),
                  WatermarkStrategy.noWatermarks(),
                  "events")
              .map(new Paced())
              .map(new FailsTwice())
              .returns(Types.LONG)
              .map(RedisFeatureSinkITCase::vectorOf)
              .returns(new FeatureVectorTypeInfo(CarrierView.SCHEMA));
      new RedisFeatureSink(store.redis(), CarrierView.PIPELINE, store.schema(), store.online())
          .write(
              vectors,
              new VectorLetters("flights", "flights", "flights", "1.0.0", store.schema(), false))
          .sinkTo(new DiscardingSink<>());
      env.execute("a sink that is restored twice");

      assertThat(FailsTwice.FAILURES).hasValue(2);
      List<List<Object>> entities = new ArrayList<>();
      for (int key = 0; key < KEYS; key++) {
        entities.add(List.of("C" + key));
      }
      List<Optional<StoredFeatures>> found = store.readAll(entities);
      for (int key = 0; key < KEYS; key++) {
        StoredFeatures stored = found.get(key).orElseThrow();
        assertThat(stored.values().get("departures_1h")).isEqualTo(EVENTS / KEYS);
        assertThat(stored.revision()).isEqualTo(EVENTS / KEYS);
      }
    }
  }

  private static FeatureVector vectorOf(long event) {
    long nth = event / KEYS + 1;
    return CarrierView.vector("C" + event % KEYS, nth, 0.5, NEW_YEAR + nth, nth);
  }
}
