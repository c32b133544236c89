package io.millrace.online;

import static io.millrace.online.CarrierView.NEW_YEAR;
import static io.millrace.online.CarrierView.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.records.FeatureSchema;
import io.millrace.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

class JointReaderITCase {
  private static final Pattern READS = Pattern.compile("cmdstat_hmget:calls=(\\d+)");

  @TempDir private Path dir;

  @Test
  void shouldReadEachEntityOfEachViewOnceAndAnswerInOrder() throws Exception {
    FeatureSchema other =
        new FeatureSchema("carrier_size", CarrierView.SCHEMA.entity(), CarrierView.SCHEMA.values());
    try (RedisServer redis = RedisServer.start(dir)) {
      Store.at(redis.uri(), CarrierView.SCHEMA, CarrierView.hash())
          .write(vector("UA", 1L, 1.5, NEW_YEAR, 1));
      Store.at(redis.uri(), other, CarrierView.feast()).write(vector("UA", 2L, 2.5, NEW_YEAR, 1));
      long before = reads(redis);

      List<Optional<StoredFeatures>> found;
      try (JointReader reader =
          new JointReader(
              CarrierView.store(redis.uri(), Duration.ofSeconds(10)),
              CarrierView.PIPELINE,
              List.of(
                  new JointReader.View(CarrierView.SCHEMA, CarrierView.hash()),
                  new JointReader.View(other, CarrierView.feast())))) {
        found =
            reader.read(
                List.of(
                    new JointReader.Question(1, List.of("UA")),
                    new JointReader.Question(0, List.of("UA")),
                    new JointReader.Question(0, List.of("DL")),
                    new JointReader.Question(1, List.of("UA"))));
        assertThat(reader.read(List.of())).isEmpty();
      }

      assertThat(found.get(0)).isEqualTo(found.get(3));
      assertThat(found.get(0).orElseThrow().view()).isEqualTo("carrier_size");
      assertThat(found.get(1).orElseThrow().view()).isEqualTo(CarrierView.SCHEMA.view());
      assertThat(found.get(0).orElseThrow().values())
          .isNotEqualTo(found.get(1).orElseThrow().values());
      assertThat(found.get(2)).isEmpty();
      assertThat(reads(redis) - before).isEqualTo(3);
    }
  }

  private static long reads(RedisServer redis) {
    try (RedisClient client = RedisClient.create(redis.uri())) {
      Matcher calls = READS.matcher(client.info("commandstats"));
      return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }
  }
}
