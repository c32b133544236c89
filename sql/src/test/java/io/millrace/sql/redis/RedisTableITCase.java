package io.millrace.sql.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.online.RedisFeatureSink;
import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.Secret;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import io.millrace.records.FeatureVectorTypeInfo;
import io.millrace.sql.Results;
import io.millrace.testkit.Ports;
import io.millrace.testkit.RedisServer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;

/** Feature views in a real Redis, written by the sink of pipelines. */
class RedisTableITCase {
  private static final long NOON = Instant.parse("2013-01-01T12:00:00Z").toEpochMilli();

  private static final FeatureSchema VIEW =
      new FeatureSchema(
          "route_delay",
          (RowType)
              DataTypes.ROW(
                      DataTypes.FIELD("origin", DataTypes.STRING()),
                      DataTypes.FIELD("flight", DataTypes.BIGINT()))
                  .getLogicalType(),
          (RowType)
              DataTypes.ROW(
                      DataTypes.FIELD("departures", DataTypes.BIGINT()),
                      DataTypes.FIELD("mean", DataTypes.DOUBLE()),
                      DataTypes.FIELD("fare", DataTypes.DECIMAL(10, 2)),
                      DataTypes.FIELD("last_seen", DataTypes.TIMESTAMP_LTZ(3)),
                      DataTypes.FIELD("tails", DataTypes.ARRAY(DataTypes.STRING())))
                  .getLogicalType());

  @TempDir static Path folder;
  private static RedisServer redis;

  private StreamTableEnvironment sql;

  @BeforeAll
  static void writeFeatures() throws Exception {
    redis = RedisServer.start(folder);
    StreamExecutionEnvironment streams = StreamExecutionEnvironment.getExecutionEnvironment();
    streams.setParallelism(1);
    for (Layout layout : Layout.values()) {
      streams
          .fromData(
              new FeatureVectorTypeInfo(VIEW),
              vector("EWR", 1545, 6L, 13.96, "99.50"),
              vector("JFK:1", 1, 1L, null, null),
              vector("LGA", 7, 2L, 0.5, "1.00"),
              new FeatureVector(entity("LGA", 8), values(1L, 1.0, "1.00"), NOON, 1, false),
              new FeatureVector(entity("LGA", 8), null, NOON + 1, 2, true))
          .sinkTo(
              new RedisFeatureSink(
                  new OnlineStore(new Secret(redis.uri()), false, Duration.ofSeconds(20)),
                  "nyc",
                  VIEW,
                  new Online(Optional.empty(), layout, "nyc_project")));
    }
    streams.execute();
    try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      jedis.set("millrace:nyc:route_delay2:EWR:1", "another view's");
      jedis.hset("millrace:nyc:strange:EWR", "departures", "many");
      jedis.hset("millrace:nyc:strange:EWR", "_event_time", "2013-01-01T12:00:00Z");
      jedis.hset("millrace:nyc:strange:EWR", "_version", NOON + ":1");
      jedis.set("millrace:nyc:strange:SFO", "no hash");
      jedis.hset("millrace:nyc:strange:JFK", "departures", "7");
      jedis.hset("millrace:nyc:strange:JFK", "_event_time", "2013-01-01T12:00:00Z");
      jedis.hset("millrace:nyc:strange:JFK", "_version", NOON + ":1");
    }
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  private static FeatureVector vector(
      String origin, long flight, Long departures, Double mean, String fare) {
    return new FeatureVector(
        entity(origin, flight), values(departures, mean, fare), NOON, 3, false);
  }

  private static GenericRowData entity(String origin, long flight) {
    return GenericRowData.of(StringData.fromString(origin), flight);
  }

  private static GenericRowData values(Long departures, Double mean, String fare) {
    return GenericRowData.of(
        departures,
        mean,
        fare == null ? null : DecimalData.fromBigDecimal(new BigDecimal(fare), 10, 2),
        TimestampData.fromEpochMillis(NOON),
        new GenericArrayData(
            new Object[] {StringData.fromString("N1"), StringData.fromString("N2")}));
  }

  @BeforeEach
  void session() {
    sql = StreamTableEnvironment.create(StreamExecutionEnvironment.getExecutionEnvironment());
    sql.getConfig().set("restart-strategy.type", "none");
    sql.getConfig().set("parallelism.default", "2");
    sql.getConfig().set("table.local-time-zone", "UTC");
  }

  private List<String> rows(String query) throws Exception {
    return Results.of(sql, query);
  }

  private String failure(String query) {
    return Results.failure(sql, query);
  }

  private void view(Layout layout) {
    sql.executeSql(
        "CREATE TEMPORARY TABLE features (origin STRING, flight BIGINT, departures BIGINT, mean"
            + " DOUBLE, fare DECIMAL(10, 2), last_seen TIMESTAMP_LTZ(3), tails ARRAY<STRING>,"
            + " _event_time TIMESTAMP_LTZ(3), _revision BIGINT, PRIMARY KEY (origin, flight) NOT"
            + " ENFORCED) WITH ('connector' = 'millrace-redis', 'url' = '%s', 'view' ="
                .formatted(redis.uri())
            + " 'route_delay', 'layout' = '%s', 'scan.page' = '2', %s)"
                .formatted(
                    layout,
                    layout == Layout.HASH ? "'pipeline' = 'nyc'" : "'project' = 'nyc_project'"));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldScanAllEntitiesThatHaveFeatures(Layout layout) throws Exception {
    view(layout);
    assertThat(rows("SELECT * FROM features"))
        .containsExactlyInAnyOrder(
            "+I[EWR, 1545, 6, 13.96, 99.50, 2013-01-01T12:00:00Z, [N1, N2],"
                + " 2013-01-01T12:00:00Z, 3]",
            "+I[JFK:1, 1, 1, null, null, 2013-01-01T12:00:00Z, [N1, N2], 2013-01-01T12:00:00Z,"
                + " 3]",
            "+I[LGA, 7, 2, 0.5, 1.00, 2013-01-01T12:00:00Z, [N1, N2], 2013-01-01T12:00:00Z, 3]");
    assertThat(rows("SELECT mean FROM features LIMIT 2")).hasSize(2);
  }

  private static final String JOIN =
      "SELECT q.origin, q.flight, mean, tails FROM (SELECT *, PROCTIME() AS asked FROM (VALUES"
          + " ('EWR', CAST(1545 AS BIGINT)), ('EWR', CAST(2 AS BIGINT)), ('LGA', CAST(8 AS"
          + " BIGINT)), (CAST(NULL AS STRING), CAST(7 AS BIGINT)), ('JFK:1', CAST(1 AS BIGINT)))"
          + " AS v(origin, flight)) AS q LEFT JOIN features%s FOR SYSTEM_TIME AS OF q.asked AS f"
          + " ON f.flight = q.flight AND f.origin = q.origin";

  @ParameterizedTest
  @EnumSource(Layout.class)
  void shouldLookUpFeaturesOfEntities(Layout layout) throws Exception {
    view(layout);
    String[] expected = {
      "+I[EWR, 1545, 13.96, [N1, N2]]",
      "+I[EWR, 2, null, null]",
      "+I[LGA, 8, null, null]",
      "+I[null, 7, null, null]",
      "+I[JFK:1, 1, null, [N1, N2]]"
    };
    assertThat(rows(JOIN.formatted(""))).containsExactlyInAnyOrder(expected);
    assertThat(
            rows(
                JOIN.formatted(
                    " /*+ OPTIONS('lookup.cache' = 'PARTIAL',"
                        + " 'lookup.partial-cache.expire-after-write' = '1 min') */")))
        .containsExactlyInAnyOrder(expected);
    assertThat(rows(JOIN.formatted("") + " AND f.departures = 6"))
        .contains("+I[EWR, 1545, 13.96, [N1, N2]]", "+I[JFK:1, 1, null, null]");
    assertThat(rows(JOIN.formatted("") + " AND f.departures = CHAR_LENGTH(q.origin)"))
        .contains("+I[EWR, 1545, null, null]");
    assertThat(failure(JOIN.formatted("").replace(" AND f.origin = q.origin", "")))
        .contains(
            "a lookup by flight; features are looked up by all of the entity: origin, flight");
  }

  @Test
  void shouldLeaveOutAnEntityThatCannotBeRead() throws Exception {
    sql.executeSql(
        "CREATE TEMPORARY TABLE strange (origin STRING, departures BIGINT, PRIMARY KEY (origin) NOT"
            + " ENFORCED) WITH ('connector' = 'millrace-redis', 'url' = '%s', 'view' = 'strange',"
                .formatted(redis.uri())
            + " 'pipeline' = 'nyc')");
    assertThat(
            rows(
                "SELECT q.o, departures FROM (SELECT o, PROCTIME() AS asked FROM (VALUES ('EWR'),"
                    + " ('LGA'), ('SFO'), ('JFK')) AS v(o)) AS q LEFT JOIN strange FOR SYSTEM_TIME AS OF q.asked AS"
                    + " f ON f.origin = q.o"))
        .containsExactlyInAnyOrder("+I[EWR, null]", "+I[LGA, null]", "+I[SFO, null]", "+I[JFK, 7]");
    assertThat(rows("SELECT * FROM strange")).containsExactly("+I[JFK, 7]");
  }

  @Test
  void shouldSayWhatIsWrongWithATable() {
    sql.executeSql(
        "CREATE TEMPORARY TABLE wrong (origin STRING, _revision STRING) WITH ('connector' ="
            + " 'millrace-redis', 'url' = 'redis://me@localhost', 'view' = 'v', 'lookup.cache'"
            + " = 'FULL', 'batch' = '0')");
    assertThat(failure("SELECT * FROM wrong"))
        .contains("'pipeline' is not set, a part of keys in the layout HASH")
        .contains("'batch' is 0; expected a number from 1 to 10,000")
        .contains("'lookup.cache' is FULL; expected PARTIAL")
        .contains("add PRIMARY KEY (...) NOT ENFORCED")
        .contains("'url' holds a user or a password, and Flink prints it in messages")
        .contains("column _revision is STRING; it is BIGINT");
    sql.executeSql(
        "CREATE TEMPORARY TABLE nowhere (origin STRING, PRIMARY KEY (origin) NOT ENFORCED) WITH"
            + " ('connector' = 'millrace-redis', 'url' = 'http://localhost', 'view' = 'v',"
            + " 'pipeline' = 'p')");
    assertThat(failure("SELECT * FROM nowhere"))
        .contains("'url' has the scheme http; expected redis[s]://");
  }

  @Test
  void shouldSignInAndNotSayWithWhat() throws Exception {
    try (RedisServer locked =
        RedisServer.start(
            folder.resolve("locked"), Ports.free(), false, "--requirepass", "s3cret @:/%")) {
      for (String password : List.of("s3cret @:/%", "wr0ng")) {
        sql.executeSql(
            "CREATE TABLE signed (origin STRING, PRIMARY KEY (origin) NOT ENFORCED) WITH"
                + " ('connector' = 'millrace-redis', 'url' = '%s', 'view' = 'v', 'pipeline' = 'p',"
                    .formatted(locked.uri())
                + " 'password' = '%s')".formatted(password));
        if (password.startsWith("s")) {
          assertThat(rows("SELECT * FROM signed")).isEmpty();
          sql.executeSql("DROP TABLE signed");
        } else {
          assertThat(failure("SELECT * FROM signed"))
              .contains("refused a read: WRONGPASS")
              .doesNotContain(password);
        }
      }
    }
  }

  @Test
  void shouldWaitForAServerThatComesBack() throws Exception {
    try (RedisServer server = RedisServer.start(folder.resolve("restarted"), Ports.free(), true)) {
      try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
        jedis.hset("millrace:p:v:EWR", "departures", "7");
        jedis.hset("millrace:p:v:EWR", "_event_time", "2013-01-01T12:00:00Z");
        jedis.hset("millrace:p:v:EWR", "_version", NOON + ":1");
      }
      server.kill();
      sql.executeSql(
          "CREATE TEMPORARY TABLE back (origin STRING, departures BIGINT, PRIMARY KEY (origin) NOT"
              + " ENFORCED) WITH ('connector' = 'millrace-redis', 'url' = '%s', 'view' = 'v',"
                  .formatted(server.uri())
              + " 'pipeline' = 'p')");
      TableResult found =
          sql.executeSql(
              "SELECT q.o, departures FROM (SELECT o, PROCTIME() AS asked FROM (VALUES ('EWR')) AS"
                  + " v(o)) AS q JOIN back FOR SYSTEM_TIME AS OF q.asked AS f ON f.origin = q.o");
      server.start();
      assertThat(Results.of(found)).containsExactly("+I[EWR, 7]");
    }
  }

  @Test
  void shouldGiveUpOnAServerThatIsAway() {
    int nobody = Ports.free();
    sql.executeSql(
        "CREATE TEMPORARY TABLE away (origin STRING, PRIMARY KEY (origin) NOT ENFORCED) WITH"
            + " ('connector' = 'millrace-redis', 'url' = 'redis://127.0.0.1:%d', 'view' = 'v',"
                .formatted(nobody)
            + " 'pipeline' = 'p', 'patience' = '200 ms')");
    assertThat(failure("SELECT * FROM away"))
        .contains("Redis at 127.0.0.1:" + nobody + " does not answer for PT0.2S");
  }
}
