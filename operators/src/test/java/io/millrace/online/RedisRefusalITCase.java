package io.millrace.online;

import static io.millrace.online.CarrierView.NEW_YEAR;
import static io.millrace.online.CarrierView.deleted;
import static io.millrace.online.CarrierView.vector;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import io.millrace.testkit.RedisServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
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

/** Vectors that Redis does not take. */
class RedisRefusalITCase {

  private static final String TAKEN = "millrace:flights:carrier_delay:C42";

  private static final List<String> HANDED = new CopyOnWriteArrayList<>();

  @TempDir static Path dir;
  private static RedisServer redis;
  private static RedisClient client;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start(dir);
    client = RedisClient.create(redis.uri());
  }

  @AfterAll
  static void stop() {
    client.close();
    redis.close();
  }

  @BeforeEach
  void empty() {
    client.flushAll();
  }

  @Test
  void shouldWriteTheOthersOfABatchWhenAKeyIsTakenBySomethingElse() throws Exception {
    client.set(TAKEN, "mine");
    Store store = store(CarrierView.SCHEMA);
    try (Store.Writer writer = store.writer()) {
      for (int round = 1; round <= 3; round++) {
        for (int carrier = 0; carrier < 200; carrier++) {
          writer.write(vector("C" + carrier, (long) round, 0.5, NEW_YEAR + round, round));
        }
        writer.flush();
      }

      assertThat(client.get(TAKEN)).isEqualTo("mine");
      assertThat(client.dbSize()).isEqualTo(200);
      assertThat(store.read("C199").orElseThrow().values()).containsEntry("departures_1h", 3L);
      assertThat(writer.metrics().refused.getCount()).isEqualTo(3);
      assertThat(writer.metrics().writes.getCount()).isEqualTo(3 * 199);
      assertThat(writer.metrics().retries.getCount()).isZero();
      DeadLetter letter = writer.refused().get(2);
      assertThat(letter.reason()).isEqualTo(DeadLetterReason.REFUSED_BY_STORE);
      assertThat(letter.view()).isEqualTo("carrier_delay");
      assertThat(letter.timeMillis()).isEqualTo(NEW_YEAR + 3);
      assertThat(letter.message())
          .contains(TAKEN, "127.0.0.1", "WRONGTYPE", "choose another pipeline or project name");
      assertThat(new String(letter.raw().bytes(), UTF_8))
          .isEqualTo(
              "{\"view\":\"carrier_delay\",\"entity\":{\"carrier\":\"C42\"},"
                  + "\"features\":{\"departures_1h\":3,\"delay_mean_1h\":0.5},"
                  + "\"event_time\":\"2013-01-01T05:00:00.003Z\",\"revision\":3,"
                  + "\"deleted\":false}");
    }
  }

  @Test
  void shouldWriteARefusedVectorOnceItsKeyIsFree() throws Exception {
    client.set(TAKEN, "mine");
    Store store = store(CarrierView.SCHEMA);
    try (Store.Writer writer = store.writer()) {
      writer.write(vector("C42", 7L, 0.5, NEW_YEAR, 1), deleted("C42", NEW_YEAR, 2));
      writer.flush();
      writer.write(vector("C42", 8L, 0.5, NEW_YEAR, 3));
      writer.flush();
      client.del(TAKEN);

      VectorLetters.Reader reader =
          new VectorLetters("flights", "flights", "flights", "1.0.0", CarrierView.SCHEMA, false)
              .reader();
      assertThat(writer.refused()).hasSize(2);
      for (DeadLetter letter : List.of(writer.refused().get(1), writer.refused().get(0))) {
        writer.write(reader.vector(letter.raw().bytes()));
        writer.flush();
      }
    }

    assertThat(store.read("C42").orElseThrow().values()).containsEntry("departures_1h", 8L);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldNameTheKeyThatIsTakenBySomethingElseAndReadTheOthers(Layout layout) throws Exception {
    Store store =
        Store.at(redis.uri(), CarrierView.SCHEMA, new Online(Optional.empty(), layout, "flights"));
    store.write(vector("UA", 1L, 0.5, NEW_YEAR, 1), vector("DL", 2L, 0.5, NEW_YEAR, 1));
    byte[] taken =
        EntityLayout.of(CarrierView.PIPELINE, store.schema(), store.online()).key(List.of("C42"));
    client.set(taken, new byte[] {1});

    try (FeatureReader reader =
        new FeatureReader(store.redis(), CarrierView.PIPELINE, store.schema(), store.online())) {
      assertThatThrownBy(() -> reader.read(List.of(List.of("UA"), List.of("C42"), List.of("DL"))))
          .isInstanceOf(StrangeKeyException.class)
          .hasMessageContaining("Redis at 127.0.0.1:" + redis.port())
          .hasMessageContaining(
              layout == Layout.HASH
                  ? "key \"" + TAKEN + "\""
                  : "\\x02\\x00\\x00\\x00\\x07\\x00\\x00\\x00carrier")
          .hasMessageContaining("WRONGTYPE")
          .hasMessageContaining("remove it, or choose another");
      // Over the same connection: no answer of the first reading is taken for one of the second.
      assertThat(reader.read(List.of(List.of("DL"), List.of("UA"))))
          .extracting(found -> found.orElseThrow().values().get("departures_1h"))
          .containsExactly(2L, 1L);
    }
  }

  @Test
  void shouldNotSendAnEntityThatIsTooLarge() throws Exception {
    FeatureSchema texts = CarrierView.schema(DataTypes.FIELD("remark", DataTypes.STRING()));
    Store store = store(texts);
    try (Store.Writer writer = store.writer()) {
      writer.write(remark("UA", Store.MAX_ENTITY_BYTES + 1), remark("DL", 10));
      writer.flush();

      assertThat(store.read("UA")).isEmpty();
      assertThat(store.read("DL")).isPresent();
      assertThat(writer.refused()).hasSize(1);
      assertThat(writer.refused().get(0).message())
          .contains("bytes where one entity may have at most 1000000", "shorter");
    }
  }

  /** As in a job that somebody writes without a pipeline file. */
  @Test
  void shouldServeAsASinkThatHandsOverWhatIsRefused() throws Exception {
    client.set(TAKEN, "mine");
    HANDED.clear();
    RedisFeatureSink sink =
        new RedisFeatureSink(
            CarrierView.store(redis.uri(), Store.PATIENCE),
            CarrierView.PIPELINE,
            CarrierView.SCHEMA,
            CarrierView.hash());

    run(sink.handing((vector, key, why, cure) -> HANDED.add(new String(key, UTF_8) + ": " + why)));

    assertThat(client.hget("millrace:flights:carrier_delay:C1", "departures_1h")).isEqualTo("1");
    assertThat(HANDED).hasSize(1);
    assertThat(HANDED.get(0)).contains(TAKEN, "WRONGTYPE");
    assertThatThrownBy(() -> run(sink))
        .rootCause()
        .hasMessageContaining("WRONGTYPE")
        .hasMessageContaining("choose another pipeline or project name");
  }

  private static void run(RedisFeatureSink sink) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, flink);
    env.fromSource(new NumberSequenceSource(1, 42), WatermarkStrategy.noWatermarks(), "carriers")
        .map(nth -> vector("C" + nth, nth, 0.5, NEW_YEAR, 1))
        .returns(new FeatureVectorTypeInfo(CarrierView.SCHEMA))
        .sinkTo(sink);
    env.execute();
  }

  @Test
  void shouldReadRefusedVectorsBack() throws Exception {
    VectorLetters letters =
        new VectorLetters("flights", "flights", "flights", "1.0.0", CarrierView.SCHEMA, false);
    FeatureVector vector = vector("UA", null, 0.1, NEW_YEAR + 1, 12);

    byte[] raw = letters.writer().letter(vector, new byte[] {1}, "why", "cure").raw().bytes();

    FeatureVector read = letters.reader().vector(raw);
    assertThat(read.entity()).isEqualTo(vector.entity());
    assertThat(read.values()).isEqualTo(vector.values());
    assertThat(read.eventTimeMillis()).isEqualTo(NEW_YEAR + 1);
    assertThat(read.revision()).isEqualTo(12);
    assertThatThrownBy(() -> letters.reader().vector("{}".getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a vector of view carrier_delay as it is now")
        .hasMessageContaining("absent");
  }

  private static Store store(FeatureSchema schema) {
    return Store.at(redis.uri(), schema, new Online(Optional.empty(), Layout.HASH, "flights"));
  }

  private static FeatureVector remark(String carrier, int length) {
    return new FeatureVector(
        GenericRowData.of(StringData.fromString(carrier)),
        GenericRowData.of(StringData.fromString("x".repeat(length))),
        NEW_YEAR,
        1,
        false);
  }
}
