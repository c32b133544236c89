package io.millrace.bench;

import io.millrace.online.RedisFeatureSink;
import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.Secret;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/**
 * {@code scripts/bench redis}: how many vectors a second the sink's writer brings into Redis,
 * against raw pipelined {@code HSET} by Jedis.
 *
 * <p>Both write to the same keys the same fields and values, byte for byte, in batches of the same
 * size over one connection to one server in a process of its own. The raw writer gets its bytes
 * ready made; the sink gets vectors, which it encodes, and guards every write by its version.
 * Rounds are interleaved, figures are medians.
 */
public final class RedisBench {

  private static final int ENTITIES = 20_000;
  private static final int BATCH = 500;
  private static final int PASSES = 10;
  private static final int ROUNDS = 7;
  private static final long NEW_YEAR_2025 = 1_735_689_600_000L;
  private static final Duration TTL = Duration.ofDays(7);

  private static final FeatureSchema VIEW =
      new FeatureSchema(
          "carrier_delay",
          row(DataTypes.FIELD("carrier", DataTypes.STRING())),
          row(
              DataTypes.FIELD("departures_1h", DataTypes.BIGINT()),
              DataTypes.FIELD("departures_6h", DataTypes.BIGINT()),
              DataTypes.FIELD("departures_24h", DataTypes.BIGINT()),
              DataTypes.FIELD("delay_mean_1h", DataTypes.DOUBLE()),
              DataTypes.FIELD("delay_mean_6h", DataTypes.DOUBLE()),
              DataTypes.FIELD("delay_mean_24h", DataTypes.DOUBLE()),
              DataTypes.FIELD("delay_stddev_24h", DataTypes.DOUBLE()),
              DataTypes.FIELD("delay_max_24h", DataTypes.INT()),
              DataTypes.FIELD("delay_p95_24h", DataTypes.DOUBLE()),
              DataTypes.FIELD("routes_24h", DataTypes.BIGINT()),
              DataTypes.FIELD("delayed_share_24h", DataTypes.DOUBLE()),
              DataTypes.FIELD("last_dest", DataTypes.STRING())));

  private final RedisServer redis;
  private final List<RowData> entities = new ArrayList<>();
  private final List<RowData> values = new ArrayList<>();
  private final long[] revisions = new long[ENTITIES];

  /** What one contestant brought in, and what it cost the server. */
  private record Round(double writesPerSecond, double serverMicrosPerWrite) {}

  private interface Contestant {
    /** Writes every entity {@link #PASSES} times, and returns when all of it is acknowledged. */
    void run() throws IOException, InterruptedException;
  }

  private RedisBench(RedisServer redis) {
    this.redis = redis;
    Random random = new Random(7);
    for (int i = 0; i < ENTITIES; i++) {
      entities.add(GenericRowData.of(StringData.fromString("carrier-%05d".formatted(i))));
      values.add(
          GenericRowData.of(
              (long) random.nextInt(100),
              (long) random.nextInt(1000),
              (long) random.nextInt(10_000),
              random.nextInt(10_000) / 7.0,
              random.nextInt(10_000) / 7.0,
              random.nextInt(10_000) / 7.0,
              random.nextGaussian() * 40,
              random.nextInt(500),
              random.nextInt(10_000) / 8.0,
              (long) random.nextInt(100),
              random.nextDouble(),
              StringData.fromString("BOS")));
    }
  }

  private static RowType row(DataTypes.Field... fields) {
    return (RowType) DataTypes.ROW(fields).getLogicalType();
  }

  public static void main(String[] args) throws Exception {
    try (ScratchFolder dir = ScratchFolder.of("redis");
        RedisServer redis = RedisServer.start(dir.path())) {
      RedisBench bench = new RedisBench(redis);
      System.out.printf(
          "%,d entities of %d features, batches of %d, %d rounds of %,d writes each%n",
          ENTITIES, VIEW.values().getFieldCount(), BATCH, ROUNDS, ENTITIES * PASSES);
      double ratio = bench.compare("hash", Layout.HASH, Optional.empty());
      bench.compare("hash, ttl 7d (raw: HSET and PEXPIRE)", Layout.HASH, Optional.of(TTL));
      bench.compare("feast", Layout.FEAST, Optional.empty());
      System.out.printf("ratio=%.2f%n", ratio);
    }
  }

  private double compare(String name, Layout layout, Optional<Duration> ttl)
      throws IOException, InterruptedException {
    try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      jedis.flushAll();
      Online online = new Online(ttl, layout, "bench");
      OnlineStore store = new OnlineStore(new Secret(redis.uri()), false, Duration.ofSeconds(10));
      RedisFeatureSink sink = new RedisFeatureSink(store, "bench", VIEW, online);
      try (SinkWriter<FeatureVector> writer = WriterOutsideOfAJob.of(sink)) {
        Contestant ours = () -> write(writer, PASSES);
        write(writer, 2);
        List<Map.Entry<byte[], Map<byte[], byte[]>>> bytes = bytes(jedis);
        Contestant raw = () -> writeRaw(jedis, bytes, ttl);
        List<Round> ourRounds = new ArrayList<>();
        List<Round> rawRounds = new ArrayList<>();
        for (int round = -2; round < ROUNDS; round++) {
          Round rawRound = measure(jedis, raw);
          Round ourRound = measure(jedis, ours);
          if (round >= 0) {
            rawRounds.add(rawRound);
            ourRounds.add(ourRound);
          }
        }
        return report(name, rawRounds, ourRounds);
      }
    } catch (IOException | InterruptedException | RuntimeException failure) {
      throw failure;
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void write(SinkWriter<FeatureVector> writer, int passes)
      throws IOException, InterruptedException {
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < ENTITIES; i++) {
        long revision = ++revisions[i];
        writer.write(
            new FeatureVector(
                entities.get(i), values.get(i), NEW_YEAR_2025 + revision * 1000, revision, false),
            null);
      }
    }
    writer.flush(false);
  }

  /** What lies in Redis, as the raw writer is to write it. */
  private static List<Map.Entry<byte[], Map<byte[], byte[]>>> bytes(Jedis jedis) {
    List<Map.Entry<byte[], Map<byte[], byte[]>>> bytes = new ArrayList<>();
    for (byte[] key : jedis.keys("*".getBytes(StandardCharsets.UTF_8))) {
      bytes.add(Map.entry(key, jedis.hgetAll(key)));
    }
    if (bytes.size() != ENTITIES) {
      throw new IllegalStateException("expected " + ENTITIES + " keys, found " + bytes.size());
    }
    Collections.shuffle(bytes, new Random(7));
    return bytes;
  }

  private static void writeRaw(
      Jedis jedis, List<Map.Entry<byte[], Map<byte[], byte[]>>> bytes, Optional<Duration> ttl) {
    Pipeline pipeline = jedis.pipelined();
    for (int pass = 0; pass < PASSES; pass++) {
      int inBatch = 0;
      for (Map.Entry<byte[], Map<byte[], byte[]>> entity : bytes) {
        pipeline.hset(entity.getKey(), entity.getValue());
        if (ttl.isPresent()) {
          pipeline.pexpire(entity.getKey(), ttl.get().toMillis());
        }
        if (++inBatch == BATCH) {
          pipeline.sync();
          inBatch = 0;
        }
      }
      pipeline.sync();
    }
  }

  private static Round measure(Jedis jedis, Contestant contestant)
      throws IOException, InterruptedException {
    double cpuBefore = serverCpuSeconds(jedis);
    long start = System.nanoTime();
    contestant.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    double writes = (double) ENTITIES * PASSES;
    return new Round(writes / seconds, (serverCpuSeconds(jedis) - cpuBefore) / writes * 1e6);
  }

  private static double serverCpuSeconds(Jedis jedis) {
    return Arrays.stream(jedis.info("cpu").split("\r\n"))
        .filter(line -> line.matches("used_cpu_(user|sys)_main_thread:.*"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
        .sum();
  }

  private static double report(String name, List<Round> raw, List<Round> ours) {
    double ratio = median(ours).writesPerSecond / median(raw).writesPerSecond;
    System.out.printf("%n%s%n", name);
    print("raw HSET", median(raw));
    print("sink", median(ours));
    System.out.printf("  %-9s %.2f%n", "ratio", ratio);
    return ratio;
  }

  private static void print(String contestant, Round round) {
    System.out.printf(
        "  %-9s %,9.0f writes/s, %.2f us of the server's CPU each%n",
        contestant, round.writesPerSecond, round.serverMicrosPerWrite);
  }

  private static Round median(List<Round> rounds) {
    return rounds.stream()
        .sorted(Comparator.comparingDouble(Round::writesPerSecond))
        .toList()
        .get(rounds.size() / 2);
  }
}
