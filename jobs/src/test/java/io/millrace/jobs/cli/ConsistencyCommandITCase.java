package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.jobs.batch.LocalBatchFlink;
import io.millrace.jobs.consistency.ConsistencyCheck;
import io.millrace.jobs.consistency.ConsistencyMetrics;
import io.millrace.jobs.consistency.ConsistencyRounds;
import io.millrace.jobs.consistency.ConsistencySettings;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.records.ConsistencyRound;
import io.millrace.records.ConsistencyRound.Outcome;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Three routes whose features were worked out by hand, in a real Redis. */
class ConsistencyCommandITCase {

  @TempDir private Path dir;
  private RedisServer redis;
  private Path pipeline;
  private Path history;

  @BeforeEach
  void serveThreeRoutes() throws IOException {
    redis = RedisServer.start(dir.resolve("redis"));
    pipeline = dir.resolve("flights.yaml");
    String contracts = Path.of("..").toAbsolutePath().normalize().resolve("schemas").toString();
    Files.writeString(
        pipeline,
        """
        pipeline: flights
        sources:
          flights:
            kafka: {topic: flights, bootstrap_servers: "localhost:1"}
            contract: %s/contracts/flights.odcs.yaml
            event_time: {field: departed_at, out_of_orderness: 5m}
        features:
          route:
            entity: [origin, dest]
            source: flights
            hop: 1m
            aggregations:
              flights: {count: "*", windows: [1h]}
              delay:   {avg: dep_delay_minutes, windows: [1h]}
            online: {layout: hash}
        online_store: {redis: "%s"}
        topics: {bootstrap_servers: "localhost:1"}
        """
            .formatted(contracts, redis.uri()));
    history = dir.resolve("history.jsonl");
    Files.write(
        history,
        List.of(
            flight("1", "JFK", "LAX", "2013-01-01T10:00:00Z", 10),
            flight("2", "JFK", "LAX", "2013-01-01T10:30:00Z", 20),
            flight("3", "JFK", "LAX", "2013-01-01T12:00:00Z", 99),
            flight("4", "EWR", "BOS", "2013-01-01T10:00:00Z", 7)));
    // At 10:30 two flights of the last hour; what came at 12:00 is not served yet.
    serve("JFK:LAX", "2", "15.0", "2013-01-01T10:30:00Z", "1357036200000:2");
    // The one flight left the window at 11:01, after the hop in which it came.
    serve("EWR:BOS", "0", null, "2013-01-01T11:00:00Z", "1357038000000:1");
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  private static String flight(String id, String origin, String dest, String at, int delay) {
    return """
    {"flight_id":"%s","carrier":"UA","flight":1,"origin":"%s","dest":"%s","scheduled_at":"%s",\
    "departed_at":"%s","dep_delay_minutes":%d,"distance_miles":100,"cancelled":false}"""
        .formatted(id, origin, dest, at, at, delay);
  }

  private void serve(String route, String flights, String delay, String at, String version) {
    try (RedisClient client = RedisClient.create(redis.uri())) {
      String key = "millrace:flights:route:" + route;
      client.hset(key, Map.of("flights_1h", flights, "_event_time", at, "_version", version));
      if (delay != null) {
        client.hset(key, "delay_1h", delay);
      }
    }
  }

  private CommandRun check() {
    return CommandRun.of(
        "consistency",
        pipeline.toString(),
        "route",
        "--history",
        "flights=" + history,
        "--parallelism",
        "1");
  }

  @Test
  void shouldFindNothingWhereTheStoreSaysWhatTheHistorySays() {
    CommandRun run = check();

    assertThat(run.out())
        .endsWith(
            "view=route compared=2 values=4 equal=2 different=0 missing=0 not_yet_in_history=0"
                + " changed_meanwhile=0"
                + System.lineSeparator());
    assertThat(run.exitCode()).isEqualTo(ExitCodes.OK);
  }

  @Test
  void shouldShowWhatIsServedThatTheHistoryDoesNotSay() {
    serve("JFK:LAX", "2", "15.5", "2013-01-01T10:30:00Z", "1357036200000:2");
    serve("LGA:ORD", "1", "3.0", "2013-01-01T10:30:00Z", "1357036200000:1");

    CommandRun run = check();

    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.out())
        .containsPattern("JFK,LAX +2013-01-01T10:30:00Z +delay_1h +15\\.5 +15\\.0?")
        .containsPattern("LGA,ORD +2013-01-01T10:30:00Z +all +unknown to it")
        .contains("compared=3 values=6 equal=1 different=1 missing=1");
  }

  @Test
  void shouldNotJudgeWhatIsNewerThanTheHistory() {
    // Of the very last flight, and one of whom the history cannot know yet.
    serve("JFK:LAX", "1", "98.0", "2013-01-01T12:00:00Z", "1357041600000:1");
    serve("LGA:ORD", "1", "3.0", "2013-01-01T12:07:00Z", "1357042020000:1");

    CommandRun run = check();

    assertThat(run.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(run.out())
        .contains("compared=1 values=2 equal=1 different=0 missing=0 not_yet_in_history=2 ");
  }

  @Test
  void shouldJudgeAnEntityThatCameBackAsItLeftItsWindow() throws IOException {
    // Gone from the store after half an hour, written again when the flight left the window.
    Files.writeString(
        pipeline, Files.readString(pipeline).replace("{layout: hash}", "{layout: hash, ttl: 30m}"));

    CommandRun run = check();

    assertThat(run.out()).contains("compared=2 values=4 equal=2 ");
    assertThat(run.exitCode()).isEqualTo(ExitCodes.OK);
  }

  @Test
  void shouldGoOnAfterARoundThatFailedAndTellPrometheus() throws Exception {
    List<ConsistencyRound> heard = new ArrayList<>();
    try (ConsistencyMetrics metrics = new ConsistencyMetrics(0)) {
      ConsistencyRounds rounds =
          rounds(
              (round, found) -> {
                heard.add(round);
                metrics.heard(round);
              });
      rounds.round();
      Path away = Files.move(history, dir.resolve("away.jsonl"));
      rounds.round();
      assertThat(scraped(metrics))
          .contains(
              "millrace_consistency_rounds_total{outcome=\"failed\",pipeline=\"flights\","
                  + "view=\"route\"} 1.0",
              "millrace_consistency_equal{pipeline=\"flights\",view=\"route\"} 2.0");
      Files.move(away, history);
      serve("JFK:LAX", "2", "15.5", "2013-01-01T10:30:00Z", "1357036200000:2");
      rounds.round();

      assertThat(heard)
          .extracting(ConsistencyRound::outcome)
          .containsExactly(Outcome.EQUAL, Outcome.FAILED, Outcome.SKEWED);
      assertThat(heard.get(1).failure()).contains("history.jsonl");
      assertThat(ConsistencyText.line(heard.get(1))).contains("view=route failed: ");
      assertThat(ConsistencyText.line(heard.get(2)))
          .contains("view=route compared=2 values=4 equal=1 different=1 missing=0 ");
      assertThat(scraped(metrics))
          .contains(
              "millrace_consistency_different{pipeline=\"flights\",view=\"route\"} 1.0",
              "millrace_consistency_rounds_total{outcome=\"skewed\",pipeline=\"flights\","
                  + "view=\"route\"} 1.0",
              "millrace_consistency_last_success_timestamp_seconds");
    }
  }

  @Test
  void shouldEndBetweenRoundsWhenItIsToldTo() throws Exception {
    CountDownLatch stop = new CountDownLatch(1);

    long ended = rounds((round, found) -> stop.countDown()).run(Duration.ofHours(1), stop);

    assertThat(ended).isEqualTo(1);
  }

  private ConsistencyRounds rounds(ConsistencyRounds.Listener listener) {
    Pipeline flights = PipelineFile.read(pipeline, Environment.system()).pipeline();
    return new ConsistencyRounds(
        flights,
        flights.featureViews(),
        new ConsistencySettings(100, Map.of("flights", List.of(history)), Optional.empty()),
        () -> LocalBatchFlink.of(1, ConsistencyCheck.exchanges()),
        InstantSource.system(),
        listener);
  }

  private static String scraped(ConsistencyMetrics metrics) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metrics.port() + "/metrics"))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void shouldNameTheNearestViewAndAServerThatIsAway() {
    CommandRun view = CommandRun.of("consistency", pipeline.toString(), "routes");
    assertThat(view.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(view.err()).contains("there is no view routes").contains("\"route\"");

    redis.close();
    CommandRun away = check();
    assertThat(away.exitCode()).isEqualTo(ExitCodes.UNAVAILABLE);
    assertThat(away.err()).contains("consistency: ").contains("127.0.0.1");
  }
}
