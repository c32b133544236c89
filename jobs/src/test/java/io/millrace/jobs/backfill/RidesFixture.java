package io.millrace.jobs.backfill;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import redis.clients.jedis.RedisClient;

/** Rides on a topic of two partitions, and pipelines over them. */
final class RidesFixture {
  static final String TOPIC = "rides";
  static final long SEED = Long.getLong("millrace.seed", 20261120);
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final int DRIVERS = 40;

  /** A view before it has gained anything. */
  static final String TOTALS =
      """
        totals:
          entity: [driver]
          source: rides
          hop: 1m
          aggregations:
            rides: {count: "*", windows: [10m]}
            minutes: {sum: minutes, windows: [10m, 1h]}
      """;

  /**
   * The same with new aggregations: of a wider window, that cannot be subtracted, of a lifetime.
   */
  static final String MORE_TOTALS =
      """
        totals:
          entity: [driver]
          source: rides
          hop: 1m
          aggregations:
            rides: {count: "*", windows: [10m, 4h]}
            minutes: {sum: minutes, windows: [10m, 1h]}
            longest: {max: minutes, windows: [10m, 4h]}
            ever: {count: "*"}
      """;

  static final String ZONES =
      """
        zones:
          entity: [zone]
          source: rides
          where: "minutes > 5"
          hop: 1m
          aggregations:
            rides: {count: "*", windows: [30m, 6h]}
            longest: {max: minutes, windows: [6h]}
            ever: {count: "*"}
      """;

  static final String LATEST =
      """
        newest:
          entity: [driver]
          source: rides
          latest: [zone]
      """;

  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: test.rides
      name: rides
      version: 1.0.0
      status: active
      schema:
        - name: rides
          logicalType: object
          properties:
            - {name: driver, logicalType: string, required: true}
            - {name: zone, logicalType: string, required: true}
            - {name: at, logicalType: timestamp, physicalType: timestamptz(3), required: true}
            - {name: minutes, logicalType: integer, physicalType: int}
      """;

  private RidesFixture() {}

  /** Views that begin with their history. */
  static String bootstrapped(String views) {
    return views.replace("    source: rides\n", "    source: rides\n    bootstrap: offline\n");
  }

  /** A pipeline of the same name as another one, over a source of another name. */
  static Pipeline renamedSource(Path dir, KafkaServer kafka, RedisServer redis) throws IOException {
    String views = bootstrapped(ZONES).replace("source: rides", "source: trips");
    return pipeline(dir, "resumed", "trips", kafka, redis, views, "");
  }

  /** A pipeline with views, and with what follows them. */
  static Pipeline pipeline(
      Path dir, String name, KafkaServer kafka, RedisServer redis, String views, String more)
      throws IOException {
    return pipeline(dir, name, TOPIC, kafka, redis, views, more);
  }

  private static Pipeline pipeline(
      Path dir,
      String name,
      String source,
      KafkaServer kafka,
      RedisServer redis,
      String views,
      String more)
      throws IOException {
    Files.writeString(dir.resolve("rides.odcs.yaml"), CONTRACT);
    String yaml =
        """
        pipeline: %s
        sources:
          %s:
            kafka: {topic: rides, bootstrap_servers: "%s", group_id: %s}
            contract: rides.odcs.yaml
            event_time: {field: at, out_of_orderness: 2m}
        online_store: {redis: "%s"}
        features:
        %s%s"""
            .formatted(
                name,
                source,
                kafka.bootstrapServers(),
                name + more.length(),
                redis.uri(),
                views,
                more);
    Path file = Files.writeString(dir.resolve(name + ".yaml"), yaml);
    return PipelineLoader.load(file, new Environment(Map.of()));
  }

  /** Rides of a day in slight disorder: by the end every driver and zone has had some. */
  static List<byte[]> rides(int count) {
    Random random = new Random(SEED);
    List<byte[]> rides = new ArrayList<>();
    long clock = START.toEpochMilli();
    for (int i = 0; i < count; i++) {
      clock += random.nextInt(20_000);
      rides.add(
          "{\"driver\":\"d%d\",\"zone\":\"z%d\",\"at\":\"%s\",\"minutes\":%d}"
              .formatted(
                  // Some drivers fall silent.
                  i < count / 2 ? random.nextInt(DRIVERS) : random.nextInt(DRIVERS / 2),
                  random.nextInt(7),
                  Instant.ofEpochMilli(clock - random.nextInt(100_000)),
                  random.nextInt(60))
              .getBytes(StandardCharsets.UTF_8));
    }
    return rides;
  }

  static Instant timeOf(byte[] ride) {
    String json = new String(ride, StandardCharsets.UTF_8);
    int at = json.indexOf("\"at\":\"") + 6;
    return Instant.parse(json.substring(at, json.indexOf('"', at)));
  }

  static void produce(KafkaServer kafka, List<byte[]> rides) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < rides.size(); i++) {
        producer.send(new ProducerRecord<>(TOPIC, i % 2, null, rides.get(i)));
      }
    }
  }

  /** The consumer group of a pipeline. */
  static String group(Pipeline pipeline) {
    return ((KafkaOrigin) pipeline.sources().get(0).origin()).groupId();
  }

  /** Everything that a pipeline has in Redis, versions included, without the pipeline's name. */
  static Map<String, Map<String, String>> stored(RedisServer redis, String pipeline) {
    Map<String, Map<String, String>> stored = new TreeMap<>();
    String prefix = "millrace:" + pipeline + ":";
    try (RedisClient client = RedisClient.create(redis.uri())) {
      for (String key : client.keys(prefix + "*")) {
        stored.put(key.substring(prefix.length()), new TreeMap<>(client.hgetAll(key)));
      }
    }
    return stored;
  }
}
