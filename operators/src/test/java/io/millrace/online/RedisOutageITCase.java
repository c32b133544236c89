package io.millrace.online;

import static io.millrace.online.CarrierView.NEW_YEAR;
import static io.millrace.online.CarrierView.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Deadline;
import io.millrace.testkit.Ports;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** Redis goes away, and comes back or does not. */
class RedisOutageITCase {

  private static final int KEYS = 50;

  @TempDir Path dir;

  @Test
  void shouldLoseNothingWhenRedisIsKilledAndComesBack() throws Exception {
    try (RedisServer redis = RedisServer.start(dir, Ports.free(), true)) {
      Store store = Store.at(redis.uri(), CarrierView.SCHEMA, CarrierView.hash());
      AtomicBoolean stop = new AtomicBoolean();
      AtomicLong written = new AtomicLong();
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try (Store.Writer writer = store.writer(20)) {
        Future<Long> rounds =
            thread.submit(
                () -> {
                  long revision = 0;
                  while (!stop.get()) {
                    revision++;
                    for (int key = 0; key < KEYS; key++) {
                      writer.write(vector("C" + key, revision, 0.5, NEW_YEAR, revision));
                    }
                    written.set(revision);
                  }
                  writer.flush();
                  return revision;
                });
        for (int i = 0; i < 2; i++) {
          awaitMoreThan(written, written.get() + 20, rounds);
          redis.kill();
          redis.start();
        }
        awaitMoreThan(written, written.get() + 20, rounds);
        stop.set(true);
        long last = rounds.get();
        assertThat(writer.metrics().retries.getCount()).isPositive();
        for (int key = 0; key < KEYS; key++) {
          assertThat(store.read("C" + key).orElseThrow().revision()).isEqualTo(last);
        }
      } finally {
        thread.shutdownNow();
      }
    }
  }

  private static void awaitMoreThan(AtomicLong value, long bound, Future<?> writing) {
    Deadline.await(
        Duration.ofSeconds(30),
        "the writer to go on",
        () -> {
          if (writing.isDone()) {
            writing.get();
          }
          return value.get() > bound;
        });
  }

  @Test
  void shouldLoadItsScriptsAgainWhenRedisForgotThem() throws Exception {
    try (RedisServer redis = RedisServer.start(dir);
        RedisClient client = RedisClient.create(redis.uri())) {
      Store store = Store.at(redis.uri(), CarrierView.SCHEMA, CarrierView.hash());
      try (Store.Writer writer = store.writer()) {
        writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 1));
        writer.flush();
        client.scriptFlush("");
        writer.write(vector("UA", 2L, 1.0, NEW_YEAR, 2));
        writer.flush();
        assertThat(writer.metrics().retries.getCount()).isEqualTo(1);
      }
      assertThat(store.read("UA").orElseThrow().revision()).isEqualTo(2);
    }
  }

  @Test
  void shouldFailWithAddressAndCauseWhenThePatienceEnds() throws Exception {
    int port = Ports.free();
    Store store =
        new Store(
            CarrierView.store("redis://kim:s3cret@127.0.0.1:" + port, Duration.ofMillis(300)),
            CarrierView.SCHEMA,
            CarrierView.hash());
    try (Store.Writer writer = store.writer()) {
      writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 1));
      assertThatThrownBy(writer::flush)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Redis at 127.0.0.1:" + port)
          .hasMessageContaining("PT0.3S")
          .hasMessageContaining("Connection refused")
          .hasMessageNotContaining("s3cret");
    }
    assertThatThrownBy(() -> store.read("UA"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Redis at 127.0.0.1:" + port);
  }

  @Test
  void shouldSignInAndSayWhenItMayNot() throws Exception {
    int port = Ports.free();
    try (RedisServer redis = RedisServer.start(dir, port, false, "--requirepass", "s3cret/1")) {
      Store right =
          Store.at(
              "redis://:s3cret%2F1@127.0.0.1:" + port + "/3",
              CarrierView.SCHEMA,
              CarrierView.hash());
      right.write(vector("UA", 1L, 1.0, NEW_YEAR, 1));
      assertThat(right.read("UA")).isPresent();
      Store withoutColon =
          Store.at(
              "redis://s3cret%2F1@127.0.0.1:" + port + "/3",
              CarrierView.SCHEMA,
              CarrierView.hash());
      assertThat(withoutColon.read("UA")).isPresent();
      Store wrong =
          Store.at("redis://:wr0ng@127.0.0.1:" + port, CarrierView.SCHEMA, CarrierView.hash());
      assertThatThrownBy(() -> wrong.write(vector("UA", 1L, 1.0, NEW_YEAR, 1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Redis at 127.0.0.1:" + port)
          .hasMessageContaining("Check the user and password in online_store.redis")
          .hasMessageNotContaining("wr0ng");
    }
  }

  @Test
  void shouldSayWhichRightsAUserNeeds() throws Exception {
    try (RedisServer redis = RedisServer.start(dir);
        Jedis client = new Jedis("127.0.0.1", redis.port())) {
      client.aclSetUser("nokeys", "on", ">s3cret", "~other:*", "+@all");
      client.aclSetUser("nohset", "on", ">s3cret", "~*", "+@all", "-hset");
      client.aclSetUser("enough", aclOfTheDocumentation());
      for (String user : new String[] {"nokeys", "nohset"}) {
        assertThatThrownBy(() -> as(user, redis).write(vector("UA", 1L, 1.0, NEW_YEAR, 1)))
            .as(user)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("and that the user may run EVALSHA")
            .hasMessageNotContaining("s3cret");
      }
      as("enough", redis).write(vector("UA", 1L, 1.0, NEW_YEAR, 1));
      assertThat(as("enough", redis).read("UA")).isPresent();
      as("enough", redis).write(CarrierView.deleted("UA", NEW_YEAR, 2));
      assertThat(as("enough", redis).read("UA")).isEmpty();
    }
  }

  /** What the message of the cure asks for, and HMGET to read. */
  private static String[] aclOfTheDocumentation() {
    return new String[] {
      "on",
      ">s3cret",
      "~millrace:*",
      "+evalsha",
      "+script|load",
      "+hget",
      "+hset",
      "+hdel",
      "+hkeys",
      "+hlen",
      "+del",
      "+pttl",
      "+pexpire",
      "+persist",
      "+hmget"
    };
  }

  private static Store as(String user, RedisServer redis) {
    return Store.at(
        "redis://%s:s3cret@127.0.0.1:%d".formatted(user, redis.port()),
        CarrierView.SCHEMA,
        CarrierView.hash());
  }

  @Test
  void shouldWaitWhileTheStoreIsFull() throws Exception {
    try (RedisServer redis = RedisServer.start(dir, Ports.free(), false, "--maxmemory", "1");
        RedisClient client = RedisClient.create(redis.uri())) {
      Store store = Store.at(redis.uri(), CarrierView.SCHEMA, CarrierView.hash());
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try (Store.Writer writer = store.writer()) {
        Future<?> writing =
            thread.submit(
                () -> {
                  writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 1));
                  writer.flush();
                  return null;
                });
        Deadline.await(
            Duration.ofSeconds(10),
            "the writer to try again",
            () -> writing.isDone() || writer.metrics().retries.getCount() > 1);
        if (writing.isDone()) {
          writing.get();
        }
        assertThat(writing.isDone()).isFalse();
        client.configSet("maxmemory", "0");
        writing.get();
      } finally {
        thread.shutdownNow();
      }
      assertThat(store.read("UA")).isPresent();
    }
  }

  @Test
  void shouldNotRepeatAMalformedUrl() {
    for (String url :
        new String[] {
          "redis://:s3cret@@@", "http://:s3cret@localhost", "redis://:s3cret@/x", "s3cret"
        }) {
      assertThatThrownBy(() -> RedisAddress.of(CarrierView.store(url, Duration.ofSeconds(1))))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected redis[s]://")
          .hasMessageNotContaining("s3cret");
    }
  }
}
