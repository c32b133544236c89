package io.millrace.embedding.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

class RedisCacheITCase {

  @TempDir private Path folder;

  @Test
  void shouldShareVectorsForAsLongAsTheyAreToBeKept() throws Exception {
    try (RedisServer server = RedisServer.start(folder);
        RedisCache writer = new RedisCache(server.uri(), Duration.ofMinutes(10));
        RedisCache reader = new RedisCache(server.uri(), Duration.ofMinutes(10));
        RedisClient client = RedisClient.create(server.uri())) {
      writer.put(Map.of("aa", new float[] {1, 2}, "bb", new float[] {3, 4}));

      Map<String, float[]> found = reader.get(List.of("aa", "cc", "bb"), 2);
      assertThat(found).containsOnlyKeys("aa", "bb");
      assertThat(found.get("bb")).containsExactly(3, 4);
      assertThat(reader.get(List.of("aa"), 3)).isEmpty();
      assertThat(client.pttl("millrace:embedding:aa")).isBetween(1L, 600_000L);
      assertThat(reader.failures()).isZero();
    }
  }
}
