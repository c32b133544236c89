package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Ports;
import io.millrace.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

class FeaturesCommandITCase {

  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";

  @TempDir static Path dir;
  private static RedisServer redis;

  @BeforeAll
  static void startRedisWithAPlaneAndARoute() {
    redis = RedisServer.start(dir);
    try (RedisClient client = RedisClient.create(redis.uri())) {
      client.hset(
          "millrace:flights:plane_profile:N14228",
          Map.of(
              "manufacturer", "BOEING",
              "model", "737-824",
              "engines", "2",
              "seats", "149",
              "_event_time", "2013-01-01T10:00:00Z",
              "_version", "1357034400000:3"));
      client.hset(
          "millrace:flights:plane_profile:N24211",
          Map.of(
              "manufacturer", "BOEING",
              "year", "1998",
              "_event_time", "2013-01-01T10:00:00Z",
              "_version", "1357034400000:1"));
      client.hset("millrace:flights:plane_profile:N00000", "_version", "1357034400000:9");
      client.hset(
          "millrace:flights:route_delay:JFK:LAX",
          Map.of(
              "flights_24h", "31",
              "delayed_share_24h", "0.125",
              "carriers_7d", "[\"UA\",\"DL\"]",
              "_event_time", "2013-01-01T10:00:00Z",
              "_version", "1357034400000:40"));
    }
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  private static CommandRun get(String... args) {
    String[] all = new String[args.length + 4];
    System.arraycopy(new String[] {"features", "get"}, 0, all, 0, 2);
    System.arraycopy(args, 0, all, 2, args.length);
    all[args.length + 2] = "--pipeline-file";
    all[args.length + 3] = FLIGHTS;
    return CommandRun.with(Map.of("REDIS", redis.uri()), all);
  }

  @Test
  void shouldPrintEntitiesSideBySide() {
    CommandRun run = get("plane_profile", "N14228", "N24211");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(run.out().replaceAll("(?m)^age .*\n", ""))
        .isEqualTo(
            """
            tailnum                     N14228                N24211
            event time    2013-01-01T10:00:00Z  2013-01-01T10:00:00Z
            ------------  --------------------  --------------------
            manufacturer                BOEING                BOEING
            model                      737-824                  null
            year                          null                  1998
            engines                          2                  null
            seats                          149                  null
            """);
    assertThat(run.out()).containsPattern("(?m)^age +\\d+ d \\d+ h +\\d+ d \\d+ h$");
  }

  @Test
  void shouldPrintTypedJsonForEntitiesOfSeveralFields() {
    CommandRun run = get("route_delay", "dest=LAX,origin=JFK", "--json");
    assertThat(run.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(run.out())
        .startsWith(
            "{\"view\":\"route_delay\",\"entity\":{\"origin\":\"JFK\",\"dest\":\"LAX\"},"
                + "\"features\":{\"flights_24h\":31,\"flights_7d\":null,")
        .contains("\"delayed_share_24h\":0.125,")
        .contains("\"carriers_7d\":[\"UA\",\"DL\"]")
        .contains("\"event_time\":\"2013-01-01T10:00:00Z\",\"revision\":40,\"age_seconds\":");
  }

  @Test
  void shouldSayWhichKeysAreNotThereAndPrintTheOthers() {
    CommandRun run = get("plane_profile", "N14228", "N00000", "nobody");
    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.out()).contains("737-824");
    assertThat(run.err())
        .isEqualToNormalizingNewlines(
            """
            features get: view plane_profile has no features of N00000: never written, expired, or deleted
            features get: view plane_profile has no features of nobody: never written, expired, or deleted
            """);
  }

  @Test
  void shouldNameTheViewsThereAre() {
    CommandRun run = get("carrier_dealy", "UA");
    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.err())
        .isEqualToNormalizingNewlines(
            "features get: there is no view carrier_dealy in "
                + FLIGHTS
                + "; there are carrier_delay, departure_risk, manufacturer_fleet, plane_profile, route_delay\n");
  }

  @Test
  void shouldRefuseAKeyThatDoesNotFitTheEntity() {
    CommandRun run = get("route_delay", "JFK");
    assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err())
        .contains("key JFK has 1 values, expected origin,dest, or origin=...,dest=...");
  }

  @Test
  void shouldSayThatRedisDoesNotAnswer() {
    String nobody = "redis://:s3cret@127.0.0.1:" + Ports.free();
    CommandRun run =
        CommandRun.with(
            Map.of("REDIS", nobody),
            "features",
            "get",
            "carrier_delay",
            "UA",
            "--pipeline-file",
            FLIGHTS);
    assertThat(run.exitCode()).isEqualTo(ExitCodes.UNAVAILABLE);
    assertThat(run.err())
        .contains("does not answer: ")
        .contains("Connection refused")
        .contains("online_store.redis of pipeline flights")
        .doesNotContain("s3cret");
  }

  @Test
  void shouldGiveAgesInTwoUnitsAtMost() {
    assertThat(FeaturesText.age(Duration.ofMillis(350))).isEqualTo("350 ms");
    assertThat(FeaturesText.age(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(FeaturesText.age(Duration.ofSeconds(185))).isEqualTo("3 min 5 s");
    assertThat(FeaturesText.age(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
    assertThat(FeaturesText.age(Duration.ofHours(292))).isEqualTo("12 d 4 h");
    assertThat(FeaturesText.age(Duration.ofSeconds(-5))).isEqualTo("in 5 s");
  }
}
