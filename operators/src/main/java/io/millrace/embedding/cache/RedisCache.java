package io.millrace.embedding.cache;

import io.millrace.pipeline.RedisSignIn;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * Vectors in Redis, for all TaskManagers. It is a cache and no more: while Redis is away everything
 * is a miss, it is asked again {@value #PAUSE_SECONDS} seconds later, and nothing fails.
 *
 * <pre>
 *   key    millrace:embedding:&lt;content hash&gt;
 *   value  byte    1, the version of this format
 *          float...  the vector, little-endian
 * </pre>
 */
public final class RedisCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCache.class);
  private static final String PREFIX = "millrace:embedding:";
  private static final byte FORMAT = 1;
  private static final long PAUSE_SECONDS = 5;

  private final RedisClient client;
  private final SetParams ttl;
  private final LongSupplier nanoTime;
  private final LongAdder failures = new LongAdder();
  private volatile long askAgainNanos;

  /**
   * @param address {@code redis[s]://[[user:]password@]host[:port][/db]}
   * @param ttl how long a vector stays after it was written
   */
  public RedisCache(String address, Duration ttl) {
    this(address, ttl, System::nanoTime);
  }

  RedisCache(String address, Duration ttl, LongSupplier nanoTime) {
    this.client = RedisClient.create(RedisSignIn.explicit(URI.create(address)));
    this.ttl = SetParams.setParams().px(ttl.toMillis());
    this.nanoTime = nanoTime;
    this.askAgainNanos = nanoTime.getAsLong();
  }

  /** How often Redis did not answer. */
  public long failures() {
    return failures.sum();
  }

  private static byte[] key(String hash) {
    return (PREFIX + hash).getBytes(StandardCharsets.US_ASCII);
  }

  /** Those of the vectors that are there and have the dimension asked for. */
  Map<String, float[]> get(List<String> hashes, int dimension) {
    Map<String, float[]> found = new HashMap<>();
    if (hashes.isEmpty() || nanoTime.getAsLong() - askAgainNanos < 0) {
      return found;
    }
    try {
      List<byte[]> values =
          client.mget(hashes.stream().map(RedisCache::key).toArray(byte[][]::new));
      for (int i = 0; i < values.size(); i++) {
        float[] vector = decode(values.get(i), dimension);
        if (vector != null) {
          found.put(hashes.get(i), vector);
        }
      }
    } catch (JedisException e) {
      pause(e);
    }
    return found;
  }

  void put(Map<String, float[]> vectors) {
    if (vectors.isEmpty() || nanoTime.getAsLong() - askAgainNanos < 0) {
      return;
    }
    try (AbstractPipeline pipeline = client.pipelined()) {
      vectors.forEach((hash, vector) -> pipeline.set(key(hash), encode(vector), ttl));
      pipeline.sync();
    } catch (JedisException e) {
      pause(e);
    }
  }

  private void pause(JedisException failure) {
    failures.increment();
    askAgainNanos = nanoTime.getAsLong() + Duration.ofSeconds(PAUSE_SECONDS).toNanos();
    LOG.warn(
        "The Redis that caches embeddings does not answer ({}); texts are encoded without it, and"
            + " it is asked again in {} s",
        failure.getMessage(),
        PAUSE_SECONDS);
  }

  static byte[] encode(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(1 + vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(FORMAT);
    for (float value : vector) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** Null for what is missing, of another format or of another dimension. */
  static float[] decode(byte[] value, int dimension) {
    if (value == null || value.length != 1 + dimension * Float.BYTES || value[0] != FORMAT) {
      return null;
    }
    float[] vector = new float[dimension];
    ByteBuffer.wrap(value, 1, value.length - 1)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(vector);
    return vector;
  }

  @Override
  public void close() {
    client.close();
  }
}
