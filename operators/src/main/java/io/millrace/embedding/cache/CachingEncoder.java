package io.millrace.embedding.cache;

import io.millrace.embedding.ContentHash;
import io.millrace.embedding.EmbeddingModel;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Looks texts up before it has them encoded: in memory, then in Redis where there is one. A text
 * that occurs several times among those asked for is encoded once. What the encoder refuses is not
 * kept. Thread-safe if the encoder is.
 */
public final class CachingEncoder implements TextEncoder {
  private final TextEncoder encoder;
  private final MemoryCache memory;
  private final Optional<RedisCache> redis;
  private final LongAdder memoryHits = new LongAdder();
  private final LongAdder redisHits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /**
   * Takes over all three: they are closed with it.
   *
   * @param memory null: none
   */
  public CachingEncoder(TextEncoder encoder, MemoryCache memory, Optional<RedisCache> redis) {
    this.encoder = encoder;
    this.memory = memory;
    this.redis = redis;
  }

  /** Who encodes what is in no cache. */
  public TextEncoder encoder() {
    return encoder;
  }

  public long memoryHits() {
    return memoryHits.sum();
  }

  public long redisHits() {
    return redisHits.sum();
  }

  /** Texts that were encoded. */
  public long misses() {
    return misses.sum();
  }

  @Override
  public EmbeddingModel model() {
    return encoder.model();
  }

  @Override
  public int countTokens(String text) {
    return encoder.countTokens(text);
  }

  @Override
  public List<Encoding> encode(List<String> texts, Purpose purpose) throws InterruptedException {
    Encoding[] encodings = new Encoding[texts.size()];
    Map<String, List<Integer>> missing = new LinkedHashMap<>();
    for (int i = 0; i < encodings.length; i++) {
      String key = ContentHash.of(encoder.model().id(), purpose.name(), texts.get(i));
      float[] known = memory == null ? null : memory.get(key);
      if (known != null) {
        memoryHits.increment();
        encodings[i] = Encoding.of(known, 0, false);
      } else {
        missing.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
      }
    }
    redis.ifPresent(it -> lookUp(it, missing, encodings));
    if (!missing.isEmpty()) {
      encode(texts, purpose, missing, encodings);
    }
    return Arrays.asList(encodings);
  }

  private void lookUp(RedisCache store, Map<String, List<Integer>> missing, Encoding[] into) {
    store
        .get(List.copyOf(missing.keySet()), encoder.model().dimension())
        .forEach(
            (key, vector) -> {
              redisHits.increment();
              place(missing.remove(key), Encoding.of(vector, 0, false), into);
              remember(key, vector);
            });
  }

  private void encode(
      List<String> texts, Purpose purpose, Map<String, List<Integer>> missing, Encoding[] into)
      throws InterruptedException {
    misses.add(missing.size());
    List<String> keys = List.copyOf(missing.keySet());
    List<Encoding> encoded =
        encoder.encode(
            keys.stream().map(key -> texts.get(missing.get(key).get(0))).toList(), purpose);
    Map<String, float[]> fresh = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      Encoding encoding = encoded.get(i);
      place(missing.get(keys.get(i)), encoding, into);
      if (!encoding.isRefused()) {
        remember(keys.get(i), encoding.vector());
        fresh.put(keys.get(i), encoding.vector());
      }
    }
    redis.ifPresent(it -> it.put(fresh));
  }

  private void remember(String key, float[] vector) {
    if (memory != null) {
      memory.put(key, vector);
    }
  }

  private static void place(List<Integer> places, Encoding encoding, Encoding[] into) {
    for (int place : places) {
      into[place] = encoding;
    }
  }

  @Override
  public void close() {
    encoder.close();
    if (memory != null) {
      memory.close();
    }
    redis.ifPresent(RedisCache::close);
  }
}
