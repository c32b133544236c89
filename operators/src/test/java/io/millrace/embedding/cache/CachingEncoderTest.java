package io.millrace.embedding.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedding.EmbeddingModel;
import io.millrace.embedding.Encoding;
import io.millrace.embedding.TextEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CachingEncoderTest {

  /** Remembers what it was asked. */
  private static final class Asked implements TextEncoder {
    private final List<String> texts = new ArrayList<>();

    @Override
    public EmbeddingModel model() {
      return new EmbeddingModel("lengths/fp32", 2);
    }

    @Override
    public List<Encoding> encode(List<String> wanted, Purpose purpose) {
      texts.addAll(wanted);
      return wanted.stream()
          .map(
              text ->
                  text.isEmpty()
                      ? Encoding.refused("nothing there")
                      : Encoding.of(new float[] {text.length(), -1}, 1, false))
          .toList();
    }

    @Override
    public void close() {}
  }

  private static List<Float> lengths(TextEncoder encoder, String... texts) throws Exception {
    return encoder.encode(List.of(texts), TextEncoder.Purpose.PASSAGE).stream()
        .map(it -> it.isRefused() ? null : it.vector()[0])
        .toList();
  }

  @Test
  void shouldEncodeATextOnce() throws Exception {
    Asked asked = new Asked();
    try (CachingEncoder encoder =
        new CachingEncoder(asked, MemoryCache.acquire("once", 100), Optional.empty())) {
      assertThat(lengths(encoder, "a", "bb", "a")).containsExactly(1f, 2f, 1f);
      assertThat(lengths(encoder, "bb", "ccc")).containsExactly(2f, 3f);

      assertThat(asked.texts).containsExactly("a", "bb", "ccc");
      assertThat(encoder.memoryHits()).isEqualTo(1);
      assertThat(encoder.misses()).isEqualTo(3);
    }
  }

  @Test
  void shouldTellQueriesFromPassagesAndNotKeepRefusals() throws Exception {
    Asked asked = new Asked();
    try (CachingEncoder encoder =
        new CachingEncoder(asked, MemoryCache.acquire("purposes", 100), Optional.empty())) {
      lengths(encoder, "a", "");
      lengths(encoder, "a", "");
      encoder.encode(List.of("a"), TextEncoder.Purpose.QUERY);

      assertThat(asked.texts).containsExactly("a", "", "", "a");
    }
  }

  @Test
  void shouldKeepNoMoreThanItIsAllowedTo() {
    try (MemoryCache cache = MemoryCache.acquire("bounded", 160)) {
      for (int i = 0; i < 10_000; i++) {
        cache.put("key " + i, new float[1]);
      }
      assertThat(cache.size()).isBetween(100, 160);
      assertThat(cache.get("key 9999")).isNotNull();
      assertThat(cache.get("key 0")).isNull();
      try (MemoryCache same = MemoryCache.acquire("bounded", 16)) {
        assertThat(same).isSameAs(cache);
      }
    }
    try (MemoryCache anew = MemoryCache.acquire("bounded", 16)) {
      assertThat(anew.size()).isZero();
    }
  }

  @Test
  void shouldReadTheFirstFormatOfVectorsInRedis() {
    byte[] golden = {1, 0, 0, 0, 63, 0, 0, -96, -65};
    assertThat(RedisCache.encode(new float[] {0.5f, -1.25f})).isEqualTo(golden);
    assertThat(RedisCache.decode(golden, 2)).containsExactly(0.5f, -1.25f);
    assertThat(RedisCache.decode(golden, 3)).isNull();
    assertThat(RedisCache.decode(new byte[] {2, 0, 0, 0, 63, 0, 0, -96, -65}, 2)).isNull();
    assertThat(RedisCache.decode(null, 2)).isNull();
  }

  @Test
  void shouldGoOnWithoutARedisThatIsAway() throws Exception {
    Asked asked = new Asked();
    RedisCache away = new RedisCache("redis://127.0.0.1:1", Duration.ofMinutes(1));
    try (CachingEncoder encoder = new CachingEncoder(asked, null, Optional.of(away))) {
      assertThat(lengths(encoder, "a")).containsExactly(1f);
      assertThat(lengths(encoder, "a")).containsExactly(1f);
      assertThat(away.failures()).isEqualTo(1);
    }
  }
}
