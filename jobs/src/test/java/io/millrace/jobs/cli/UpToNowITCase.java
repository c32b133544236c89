package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.features.CompiledView;
import io.millrace.jobs.Capability;
import io.millrace.jobs.LocalJob;
import io.millrace.jobs.PipelineJob;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.contracts.TopicContent;
import io.millrace.jobs.offline.OfflineHistory;
import io.millrace.jobs.sinks.ConsistencyTopic;
import io.millrace.online.FeatureReader;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.ConsistencyRound;
import io.millrace.records.ConsistencyRoundJson;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A history table that lags behind its topic: where the two join, nothing is missing; where the
 * topic is away, what is newer than the table is not judged.
 */
class UpToNowITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Instant NOON = Instant.parse("2013-01-01T12:00:00Z");
  private static final int PARTITIONS = 2;
  private static final int KEPT = 60;
  private static final int LATER = 40;
  private static final int TOWNS = 5;
  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: test.rides
      name: rides
      version: 1.0.0
      status: active
      schema:
        - name: rides
          logicalType: object
          properties:
            - {name: town, logicalType: string, required: true}
            - {name: at, logicalType: timestamp, physicalType: timestamptz(3), required: true}
            - {name: fare, logicalType: integer, physicalType: int}
      """;
  private static final String PIPELINE =
      """
      pipeline: rides
      sources:
        rides:
          kafka: {topic: rides, bootstrap_servers: "${KAFKA}"}
          contract: rides.odcs.yaml
          event_time: {field: at, out_of_orderness: 10s, idle_after: 1s}
      features:
        town:
          entity: [town]
          source: rides
          hop: 1m
          aggregations:
            rides: {count: "*", windows: [1h]}
            fares: {sum: fare}
          online: {layout: hash}
        fare:
          entity: [town]
          source: rides
          latest: [fare]
          online: {layout: feast}
      online_store: {redis: "${REDIS}"}
      offline: {warehouse: warehouse, commit_every: 1s}
      topics: {bootstrap_servers: "${KAFKA}", prefix: rides}
      """;

  @TempDir private Path dir;
  private Path file;
  private Map<String, String> servers;

  @Test
  void shouldGoOnInTheTopicWhereTheTableEnds() throws Exception {
    file = Files.writeString(dir.resolve("rides.yaml"), PIPELINE);
    Files.writeString(dir.resolve("rides.odcs.yaml"), CONTRACT);
    try (KafkaServer kafka = KafkaServer.start(dir.resolve("kafka"));
        RedisServer redis = RedisServer.start(dir.resolve("redis"))) {
      servers = Map.of("KAFKA", kafka.bootstrapServers(), "REDIS", redis.uri());
      kafka.createTopic("rides", PARTITIONS);
      Pipeline pipeline = PipelineLoader.load(file, new Environment(servers));
      PipelineJob.prepare(pipeline);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers()),
              new ByteArraySerializer(),
              new ByteArraySerializer())) {
        send(producer, 0, "early", NOON.minusSeconds(60));
        send(producer, 1, "tie", NOON.plusSeconds(KEPT));
        for (int i = 2; i < KEPT; i++) {
          send(producer, i, "town" + i % TOWNS, NOON.plusSeconds(i));
        }
        producer.flush();
        keep(pipeline);
        for (int i = KEPT; i < KEPT + LATER; i++) {
          send(producer, i, "town" + i % TOWNS, NOON.plusSeconds(600 + i));
        }
        // Of the same time as a row of the table, and later.
        send(producer, KEPT + LATER, "tie", NOON.plusSeconds(KEPT));
      }

      CommandRun filled = run("materialize");
      assertThat(filled.exitCode()).as(filled.err()).isEqualTo(ExitCodes.OK);
      assertThat(filled.out())
          .containsPattern("history  rides from table rides.rides, snapshot \\d+, then topic rides")
          .contains(
              "view=town at=%s events=%d entities=%d "
                  .formatted(
                      NOON.plusSeconds(600 + KEPT + LATER - 1), KEPT + LATER + 1, 2 + TOWNS));
      assertThat(served(pipeline, "tie").get("fare")).isEqualTo((long) KEPT + LATER);

      CommandRun joined = run("consistency");
      assertThat(joined.exitCode()).as(joined.out()).isEqualTo(ExitCodes.OK);
      for (String view : List.of("view=town ", "view=fare ")) {
        assertThat(joined.out())
            .containsPattern(
                view
                    + "compared=7 values=\\d+ equal=7 different=0 missing=0 not_yet_in_history=0 ");
      }

      publish(pipeline);
      kafka.close();
      CommandRun alone = run("consistency");
      assertThat(alone.exitCode()).as(alone.out()).isEqualTo(ExitCodes.OK);
      assertThat(alone.out())
          .doesNotContain("then topic")
          .contains("compared=1 values=2 equal=1 different=0 missing=0 not_yet_in_history=6 ");
    }
  }

  private CommandRun run(String command) {
    return CommandRun.with(servers, command, file.toString(), "--parallelism=1");
  }

  /** What the view of the newest rows holds. */
  private static Map<String, Object> served(Pipeline pipeline, String town) throws Exception {
    FeatureViewSpec view = pipeline.featureView("fare").orElseThrow();
    try (FeatureReader reader =
        new FeatureReader(
            pipeline.onlineStore(),
            pipeline.name(),
            CompiledView.of(pipeline, view).schema(),
            view.online())) {
      return reader.read(List.of(List.of(town))).get(0).orElseThrow().values();
    }
  }

  private static void publish(Pipeline pipeline) throws Exception {
    ConsistencyRound round =
        new ConsistencyRound(
            "rides", "town", NOON.toEpochMilli(), 7, 6, 6, 5, 1, 0, 0, 0, 12, List.of("x"), "");
    ConsistencyTopic.send(pipeline.topics(), round);

    assertThat(TopicContent.tail(pipeline.topics(), "rides.consistency", 10))
        .extracting(record -> ConsistencyRoundJson.decode(record.value()))
        .containsExactly(round);
  }

  /** Runs the job that keeps the history until everything that was sent is in it. */
  private void keep(Pipeline pipeline) throws Exception {
    Source rides = pipeline.source("rides").orElseThrow();
    OfflineHistory history = OfflineHistory.of(pipeline);
    SortedMap<Integer, Long> end = new TreeMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      end.put(partition, (long) KEPT / PARTITIONS);
    }
    JobClient job =
        LocalJob.start(
            pipeline, dir.resolve("checkpoints"), Optional.empty(), EnumSet.of(Capability.OFFLINE));
    CompletableFuture<?> ended = job.getJobExecutionResult();
    Deadline.await(
        PATIENCE,
        () -> "a history up to " + end,
        () -> {
          if (ended.isDone()) {
            ended.get();
          }
          OptionalLong snapshot = history.snapshot("rides");
          return snapshot.isPresent()
              && history.positions(rides, snapshot.getAsLong()).next().equals(end);
        });
    job.cancel().get();
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, int number, String town, Instant at) {
    producer.send(
        new ProducerRecord<>(
            "rides",
            number % PARTITIONS,
            null,
            "{\"town\":\"%s\",\"at\":\"%s\",\"fare\":%d}"
                .formatted(town, at, number)
                .getBytes(UTF_8)));
  }
}
