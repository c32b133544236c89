package io.millrace.bench;

import io.millrace.document.Environment;
import io.millrace.jobs.Capability;
import io.millrace.jobs.PipelineJob;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Time from producing an event to reading its effect.
 *
 * <p>A pipeline as a user would write it (event time, a windowed count and mean, the newest value,
 * an exactly-once feature topic beside Redis) runs on a local Flink with a checkpoint every second.
 * Events come at a steady rate; for a sample of them Redis is polled until the key shows the event,
 * and the clock runs from before {@code send()} until the answer that shows it. The poller asks
 * every 0.2 ms or so, so figures are that much too high.
 */
public final class FreshnessBench {
  private static final int EVENTS_PER_SECOND = 5_000;
  private static final int KEYS = 1_000;
  private static final int SAMPLE_EVERY = 10;
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration MEASURED = Duration.ofSeconds(30);

  private FreshnessBench() {}

  public static void main(String[] args) throws Exception {
    try (ScratchFolder scratch = ScratchFolder.of("freshness");
        KafkaServer kafka = KafkaServer.start(scratch.path().resolve("kafka"));
        RedisServer redis = RedisServer.start(scratch.path().resolve("redis"))) {
      Path dir = scratch.path();
      kafka.createTopic("readings", 2);
      Pipeline pipeline = pipeline(dir, kafka, redis);
      StreamExecutionEnvironment env = environment(dir);
      PipelineJob.prepare(pipeline);
      PipelineJob.build(env, pipeline, EnumSet.allOf(Capability.class));
      JobClient job = env.executeAsync(PipelineJob.jobName(pipeline));
      try {
        measure(kafka, redis);
      } finally {
        job.cancel().get();
      }
    }
    // The local cluster's threads are not worth waiting for.
    System.exit(0);
  }

  private static void measure(KafkaServer kafka, RedisServer redis) throws Exception {
    FreshnessProbe probe = new FreshnessProbe(redis.port());
    Thread poller = new Thread(probe, "freshness-probe");
    poller.start();
    System.out.printf(
        Locale.ROOT,
        "%,d events/s over %,d keys, checkpoint every 1 s; warm-up %d s, then %d s%n",
        EVENTS_PER_SECOND,
        KEYS,
        WARM_UP.toSeconds(),
        MEASURED.toSeconds());
    try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
      produce(producer, probe, WARM_UP, 0, false);
      produce(producer, probe, MEASURED, WARM_UP.toSeconds() * EVENTS_PER_SECOND, true);
    }
    probe.finish(Duration.ofSeconds(20));
    poller.join();
    double[] millis = probe.latenciesMillis();
    Arrays.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "%,d events observed, %d never seen; ms: min %.1f  p50 %.1f  p90 %.1f  p99 %.1f  max %.1f%n",
        millis.length,
        probe.outstanding(),
        quantile(millis, 0),
        quantile(millis, 0.5),
        quantile(millis, 0.9),
        quantile(millis, 0.99),
        quantile(millis, 1));
    System.out.printf(
        Locale.ROOT, "p50_ms=%.1f p99_ms=%.1f%n", quantile(millis, 0.5), quantile(millis, 0.99));
  }

  /** Sends at a steady pace; a late start of one event does not delay the ones after it. */
  private static void produce(
      KafkaProducer<byte[], byte[]> producer,
      FreshnessProbe probe,
      Duration during,
      long firstSequence,
      boolean sample) {
    long events = during.toSeconds() * EVENTS_PER_SECOND;
    long started = System.nanoTime();
    for (long i = 0; i < events; i++) {
      long due = started + i * 1_000_000_000L / EVENTS_PER_SECOND;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(50_000);
      }
      long sequence = firstSequence + i + 1;
      String key = "k" + (sequence * 7919 % KEYS);
      byte[] value =
          """
          {"sensor":"%s","sequence":%d,"reading":%s,"at":"%s"}"""
              .formatted(
                  key,
                  sequence,
                  sequence % 100 / 10.0,
                  Instant.now().truncatedTo(ChronoUnit.MILLIS))
              .getBytes(StandardCharsets.UTF_8);
      long sentNanos = System.nanoTime();
      producer.send(new ProducerRecord<>("readings", key.getBytes(StandardCharsets.UTF_8), value));
      if (sample && i % SAMPLE_EVERY == 0) {
        probe.expect(key, sequence, sentNanos);
      }
    }
  }

  private static Pipeline pipeline(Path dir, KafkaServer kafka, RedisServer redis)
      throws IOException {
    Files.writeString(
        dir.resolve("readings.odcs.yaml"),
        """
        apiVersion: v3.0.2
        kind: DataContract
        id: readings
        version: 1.0.0
        status: active
        name: readings
        schema:
          - name: readings
            properties:
              - {name: sensor, logicalType: string, required: true}
              - {name: sequence, logicalType: integer, physicalType: bigint, required: true}
              - {name: reading, logicalType: number, physicalType: double}
              - name: at
                logicalType: timestamp
                physicalType: timestamp_ltz(3)
                required: true
                logicalTypeOptions: {timezone: true}
        """);
    Path file = dir.resolve("readings.yaml");
    Files.writeString(
        file,
        """
        pipeline: freshness
        sources:
          readings:
            kafka: {topic: readings, bootstrap_servers: "${KAFKA}", format: json}
            contract: readings.odcs.yaml
            event_time: {field: at, out_of_orderness: 5s}
        features:
          sensors:
            entity: [sensor]
            source: readings
            hop: 1m
            aggregations:
              readings: {count: "*", windows: [1h, 24h]}
              mean:     {avg: reading, windows: [1h, 24h]}
              newest:   {last: sequence}
            online: {layout: hash}
        online_store: {redis: "${REDIS}"}
        topics: {bootstrap_servers: "${KAFKA}", prefix: millrace.freshness, delivery: exactly_once}
        """);
    return PipelineLoader.load(
        file, new Environment(Map.of("KAFKA", kafka.bootstrapServers(), "REDIS", redis.uri())));
  }

  private static StreamExecutionEnvironment environment(Path dir) {
    Configuration flink = new Configuration();
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir.resolve("checkpoints").toUri() + "");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
    env.setParallelism(2);
    return env;
  }

  private static KafkaProducer<byte[], byte[]> producer(KafkaServer kafka) {
    Properties properties = new Properties();
    properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static double quantile(double[] sorted, double q) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted[(int) Math.min(sorted.length - 1, Math.round(q * (sorted.length - 1)))];
  }
}
