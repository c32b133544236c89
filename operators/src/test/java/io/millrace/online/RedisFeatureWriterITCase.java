package io.millrace.online;

import static io.millrace.online.CarrierView.NEW_YEAR;
import static io.millrace.online.CarrierView.deleted;
import static io.millrace.online.CarrierView.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.RedisClient;

/** What lies in a real Redis after vectors were written. */
class RedisFeatureWriterITCase {

  private static final Duration A_DAY = Duration.ofDays(1);
  private static final String UNITED = "millrace:flights:carrier_delay:UA";

  @TempDir static Path dir;
  private static RedisServer redis;
  private static RedisClient client;

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start(dir);
    client = RedisClient.create(redis.uri());
  }

  @AfterAll
  static void stopRedis() {
    client.close();
    redis.close();
  }

  @BeforeEach
  void empty() {
    client.flushAll();
  }

  private static Store store(Layout layout) {
    return store(new Online(java.util.Optional.empty(), layout, "flights"));
  }

  private static Store store(Online online) {
    return Store.at(redis.uri(), CarrierView.SCHEMA, online);
  }

  private static byte[] onlyKey() {
    List<byte[]> keys = new ArrayList<>(client.keys("*".getBytes(StandardCharsets.UTF_8)));
    assertThat(keys).hasSize(1);
    return keys.get(0);
  }

  @Test
  void shouldWriteAHashThatAPersonCanRead() throws Exception {
    store(Layout.HASH).write(vector("UA", 12L, 3.25, NEW_YEAR, 7));
    assertThat(client.hgetAll(UNITED))
        .isEqualTo(
            Map.of(
                "departures_1h", "12",
                "delay_mean_1h", "3.25",
                "_event_time", "2013-01-01T05:00:00Z",
                "_version", NEW_YEAR + ":7"));
    assertThat(client.pttl(UNITED)).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldReadBackWhatWasWritten(Layout layout) throws Exception {
    Store store = store(layout);
    store.write(vector("UA", 12L, 3.25, NEW_YEAR, 7), vector("B6", 1L, null, NEW_YEAR, 1));
    List<java.util.Optional<StoredFeatures>> found =
        store.readAll(List.of(List.of("UA"), List.of("XX"), List.of("B6")));
    StoredFeatures united = found.get(0).orElseThrow();
    assertThat(united.entity()).isEqualTo(Map.of("carrier", "UA"));
    assertThat(united.values()).isEqualTo(Map.of("departures_1h", 12L, "delay_mean_1h", 3.25));
    assertThat(united.eventTime()).isEqualTo(Instant.ofEpochMilli(NEW_YEAR));
    assertThat(united.revision()).isEqualTo(7);
    assertThat(united.age(Instant.ofEpochMilli(NEW_YEAR + 500))).isEqualTo(Duration.ofMillis(500));
    assertThat(found.get(1)).isEmpty();
    assertThat(found.get(2).orElseThrow().values())
        .containsEntry("departures_1h", 1L)
        .containsEntry("delay_mean_1h", null);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldKeepTheNewerOfTwoVersionsWhateverTheirOrder(Layout layout) throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      versions.add(new Version(NEW_YEAR + random.nextInt(2), random.nextInt(20)));
    }
    versions.addAll(
        List.of(
            new Version(-5, 1),
            new Version(-50, 12),
            new Version(0, 0),
            new Version(170, 123_456_789_012L),
            new Version(99_999, 1),
            new Version(1L << 52, 3)));
    Store store = store(layout);
    for (Version first : versions) {
      for (Version second : versions) {
        client.flushAll();
        store.write(vector("UA", 1L, 1.0, first.eventTimeMillis(), first.revision()));
        try (Store.Writer writer = store.writer()) {
          writer.write(vector("UA", 2L, 2.0, second.eventTimeMillis(), second.revision()));
          writer.flush();
          boolean older = second.compareTo(first) < 0;
          assertThat(store.read("UA").orElseThrow().values().get("departures_1h"))
              .as("first %s, then %s", first, second)
              .isEqualTo(older ? 1L : 2L);
          assertThat(writer.metrics().guarded.getCount()).isEqualTo(older ? 1 : 0);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldEndWithTheGreatestVersionWhenWritersRace(Layout layout) throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Store store = store(layout);
    int keys = 20;
    int versions = 200;
    ExecutorService writers = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        Random random = new Random(seed + w);
        Callable<Void> race =
            () -> {
              List<FeatureVector> vectors = new ArrayList<>();
              for (int key = 0; key < keys; key++) {
                for (int revision = 1; revision <= versions; revision++) {
                  vectors.add(
                      revision % 7 == 0
                          ? deleted("C" + key, NEW_YEAR + revision / 10, revision)
                          : vector(
                              "C" + key,
                              (long) revision,
                              revision % 3 == 0 ? null : 0.5,
                              NEW_YEAR + revision / 10,
                              revision));
                }
              }
              Collections.shuffle(vectors, random);
              try (Store.Writer writer = store.writer(13)) {
                writer.write(vectors.toArray(new FeatureVector[0]));
                writer.flush();
              }
              return null;
            };
        done.add(writers.submit(race));
      }
      for (Future<?> each : done) {
        each.get();
      }
    } finally {
      writers.shutdownNow();
    }
    for (int key = 0; key < keys; key++) {
      StoredFeatures stored = store.read("C" + key).orElseThrow();
      assertThat(stored.revision()).isEqualTo(versions);
      assertThat(stored.values().get("departures_1h")).isEqualTo((long) versions);
      assertThat(stored.values().get("delay_mean_1h")).isEqualTo(0.5);
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldNotBringADeletedEntityBackByALateWrite(Layout layout) throws Exception {
    Store store = store(layout);
    store.write(vector("UA", 12L, 3.25, NEW_YEAR, 1));
    store.write(deleted("UA", NEW_YEAR + 1, 2));
    assertThat(store.read("UA")).isEmpty();
    assertThat(client.hlen(onlyKey())).isEqualTo(1);
    assertThat(client.pttl(onlyKey())).isBetween(1L, GuardScripts.TOMBSTONE_TTL.toMillis());

    store.write(vector("UA", 12L, 3.25, NEW_YEAR, 1));
    assertThat(store.read("UA")).isEmpty();

    store.write(vector("UA", 13L, 3.25, NEW_YEAR + 2, 3));
    assertThat(store.read("UA").orElseThrow().revision()).isEqualTo(3);
    assertThat(client.pttl(onlyKey())).as("the tombstone's end").isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldExpireSomeTimeAfterTheLastWrite(Layout layout) throws Exception {
    Online online = new Online(java.util.Optional.of(A_DAY), layout, "flights");
    Store store = store(online);
    store.write(vector("UA", 12L, 3.25, NEW_YEAR, 1));
    client.pexpire(onlyKey(), 1000);
    try (Store.Writer writer = store.writer()) {
      for (int revision = 2; revision < 5; revision++) {
        writer.write(vector("UA", 12L, 3.25, NEW_YEAR, revision));
        writer.flush();
        assertThat(client.pttl(onlyKey())).isBetween(A_DAY.toMillis() - 60_000, A_DAY.toMillis());
        client.pexpire(onlyKey(), 1000);
      }
    }
    store(layout).write(vector("UA", 12L, 3.25, NEW_YEAR, 9));
    assertThat(client.pttl(onlyKey())).as("a view that lost its ttl").isEqualTo(-1);
  }

  @Test
  void shouldShareAFeastHashWithOtherViews() throws Exception {
    Store delays = store(CarrierView.with(CarrierView.feast(), A_DAY));
    FeatureSchema other =
        new FeatureSchema("carrier_size", CarrierView.SCHEMA.entity(), CarrierView.SCHEMA.values());
    Store sizes =
        Store.at(redis.uri(), other, CarrierView.with(CarrierView.feast(), A_DAY.multipliedBy(7)));
    delays.write(vector("UA", 12L, 3.25, NEW_YEAR, 5));
    sizes.write(vector("UA", 99L, 1.5, NEW_YEAR, 1));
    long sevenDays = client.pttl(onlyKey());
    assertThat(sevenDays).isGreaterThan(A_DAY.toMillis());

    delays.write(vector("UA", 13L, 3.25, NEW_YEAR, 6));
    assertThat(client.pttl(onlyKey())).isBetween(sevenDays - 60_000, sevenDays);
    assertThat(sizes.read("UA").orElseThrow().values().get("departures_1h")).isEqualTo(99L);
    assertThat(delays.read("UA").orElseThrow().values().get("departures_1h")).isEqualTo(13L);

    delays.write(deleted("UA", NEW_YEAR, 7));
    assertThat(delays.read("UA")).isEmpty();
    assertThat(sizes.read("UA").orElseThrow().values().get("departures_1h")).isEqualTo(99L);
    assertThat(client.pttl(onlyKey())).isGreaterThan(A_DAY.toMillis());

    Store forever = Store.at(redis.uri(), other, CarrierView.feast());
    forever.write(vector("UA", 100L, 1.5, NEW_YEAR, 2));
    assertThat(client.pttl(onlyKey())).isEqualTo(-1);
    delays.write(vector("UA", 14L, 3.25, NEW_YEAR, 8));
    assertThat(client.pttl(onlyKey())).as("the life of the other view").isEqualTo(-1);
    delays.write(deleted("UA", NEW_YEAR, 9));
    assertThat(client.pttl(onlyKey())).isEqualTo(-1);
  }

  @Test
  void shouldNotLeaveValuesBehindThatAreNoMore() throws Exception {
    FeatureSchema before =
        CarrierView.schema(
            DataTypes.FIELD("departures_1h", DataTypes.BIGINT()),
            DataTypes.FIELD("old_feature", DataTypes.DOUBLE()));
    Store.at(redis.uri(), before, CarrierView.hash()).write(vector("UA", 1L, 1.0, NEW_YEAR, 1));

    Store store = store(Layout.HASH);
    try (Store.Writer writer = store.writer()) {
      writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 2), vector("UA", 2L, 2.0, NEW_YEAR, 3));
      writer.flush();
      assertThat(client.hkeys(UNITED))
          .containsExactlyInAnyOrder("departures_1h", "delay_mean_1h", "_event_time", "_version");
      writer.write(vector("UA", 3L, null, NEW_YEAR, 4));
      writer.flush();
      assertThat(client.hkeys(UNITED))
          .containsExactlyInAnyOrder("departures_1h", "_event_time", "_version");
    }
  }

  @Test
  void shouldReplaceAKeyThatWasTurnedAwayAtFirst() throws Exception {
    FeatureSchema before =
        CarrierView.schema(
            DataTypes.FIELD("departures_1h", DataTypes.BIGINT()),
            DataTypes.FIELD("old_feature", DataTypes.DOUBLE()));
    Store.at(redis.uri(), before, CarrierView.hash()).write(vector("UA", 1L, 1.0, NEW_YEAR, 9));
    try (Store.Writer writer = store(Layout.HASH).writer()) {
      writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 2));
      writer.flush();
      writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 10));
      writer.flush();
    }
    assertThat(client.hkeys(UNITED)).doesNotContain("old_feature");
  }

  @Test
  void shouldSendOnlyTheNewestVectorOfAnEntityInABatch() throws Exception {
    Store store = store(Layout.HASH);
    try (Store.Writer writer = store.writer()) {
      for (int revision = 1; revision <= 100; revision++) {
        writer.write(vector("UA", (long) revision, 1.0, NEW_YEAR, revision));
      }
      writer.flush();
      assertThat(writer.metrics().coalesced.getCount()).isEqualTo(99);
      assertThat(writer.metrics().writes.getCount()).isEqualTo(1);
      assertThat(writer.metrics().batches.getCount()).isEqualTo(1);
    }
    assertThat(store.read("UA").orElseThrow().revision()).isEqualTo(100);
  }

  @Test
  void shouldShowAVectorAfterTheLingerWithoutACheckpoint() throws Exception {
    Store store = store(Layout.HASH);
    try (Store.Writer writer = store.writer()) {
      writer.write(vector("UA", 1L, 1.0, NEW_YEAR, 1));
      writer.time().advance(4);
      assertThat(store.read("UA")).isEmpty();
      writer.time().advance(1);
      Deadline.await(
          Duration.ofSeconds(10), "the vector to be there", () -> store.read("UA").isPresent());
      writer.time().advance(5);
      assertThat(writer.metrics().writes.getCount()).as("acknowledged").isEqualTo(1);
      writer.time().advance(1000);
      writer.write(vector("UA", 2L, 1.0, NEW_YEAR, 2));
      writer.time().advance(5);
      writer.time().advance(5);
      assertThat(writer.metrics().writes.getCount()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldWriteViewsWiderThanLuaHasRegisters(Layout layout) throws Exception {
    DataTypes.Field[] fields = new DataTypes.Field[1200];
    GenericRowData values = new GenericRowData(fields.length);
    for (int i = 0; i < fields.length; i++) {
      fields[i] = DataTypes.FIELD("feature_" + i, DataTypes.STRING());
      values.setField(i, StringData.fromString("x".repeat(i == 7 ? 70_000 : i % 300)));
    }
    Store store =
        Store.at(
            redis.uri(),
            CarrierView.schema(fields),
            new Online(java.util.Optional.empty(), layout, "flights"));
    GenericRowData entity = GenericRowData.of(StringData.fromString("UA"));
    try (Store.Writer writer = store.writer()) {
      for (int revision = 1; revision <= 2; revision++) {
        writer.write(new FeatureVector(entity, values, NEW_YEAR, revision, false));
        writer.flush();
      }
    }
    StoredFeatures stored = store.read("UA").orElseThrow();
    assertThat(stored.revision()).isEqualTo(2);
    for (int i = 0; i < fields.length; i++) {
      assertThat((String) stored.values().get("feature_" + i)).hasSize(i == 7 ? 70_000 : i % 300);
    }
    store.write(deleted("UA", NEW_YEAR, 3));
    assertThat(client.hlen(onlyKey())).isEqualTo(1);
  }

  @Test
  void shouldSkipAndCountWhatHasNoKey() throws Exception {
    Store store = store(Layout.FEAST);
    FeatureVector nobody =
        new FeatureVector(
            GenericRowData.of((Object) null), GenericRowData.of(1L, 1.0), NEW_YEAR, 1, false);
    try (Store.Writer writer = store.writer()) {
      writer.write(nobody, vector("UA", 1L, 1.0, NEW_YEAR, 1));
      writer.flush();
      assertThat(writer.metrics().skipped.getCount()).isEqualTo(1);
      assertThat(writer.metrics().writes.getCount()).isEqualTo(1);
    }
  }
}
