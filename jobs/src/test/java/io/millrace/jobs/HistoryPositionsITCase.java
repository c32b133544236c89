package io.millrace.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.ingest.Position;
import io.millrace.jobs.offline.HistoricRow;
import io.millrace.jobs.offline.HistoryPositions;
import io.millrace.jobs.offline.HistoryRange;
import io.millrace.jobs.offline.OfflineHistory;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.Replay;
import io.millrace.records.ReplayJson;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows keep their place in the topic through a whole job, whatever else it does with them. */
class HistoryPositionsITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int PARTITIONS = 3;
  private static final int RECORDS = 300;
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
          quality:
            - {name: cheap, type: custom, engine: millrace, implementation: fare < 1000}
            - {name: once, metric: duplicateValues, arguments: {properties: [id]}, mustBe: 0}
          properties:
            - {name: id, logicalType: integer, physicalType: bigint, required: true}
            - {name: at, logicalType: timestamp, physicalType: timestamptz(3), required: true}
            - {name: fare, logicalType: integer, physicalType: int}
      """;
  private static final String PIPELINE =
      """
      pipeline: town
      sources:
        rides:
          kafka: {topic: rides, bootstrap_servers: "${KAFKA}"}
          contract: rides.odcs.yaml
          event_time: {field: at, out_of_orderness: 1h, idle_after: 1s}
      drift:
        fares:
          source: rides
          window: {tumble: 1h}
          reference: {first: 1d}
          columns: {fare: [psi]}
      offline: {warehouse: warehouse}
      topics: {bootstrap_servers: "${KAFKA}", prefix: town}
      """;

  @TempDir private Path dir;

  @Test
  void shouldTellOfEveryRowWhereItLay() throws Exception {
    try (KafkaServer kafka = KafkaServer.start(dir.resolve("kafka"))) {
      kafka.createTopic("rides", PARTITIONS);
      Files.writeString(dir.resolve("rides.odcs.yaml"), CONTRACT);
      Path file = Files.writeString(dir.resolve("town.yaml"), PIPELINE);
      Pipeline pipeline =
          PipelineLoader.load(file, new Environment(Map.of("KAFKA", kafka.bootstrapServers())));
      Source rides = pipeline.source("rides").orElseThrow();
      OfflineHistory history = OfflineHistory.of(pipeline);
      PipelineJob.prepare(pipeline);
      JobClient job = start(pipeline);
      CompletableFuture<?> ended = job.getJobExecutionResult();
      try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
        // Of each partition the row at offset 1 breaks a rule, that at 2 is unlike any contract,
        // and that at 3 repeats the one at 0.
        for (int i = 0; i < RECORDS; i++) {
          int offset = i / PARTITIONS;
          String ride =
              switch (offset) {
                case 1 -> ride(i, 5_000);
                case 2 -> "no ride";
                case 3 -> ride(i % PARTITIONS, 1);
                default -> ride(i, 1);
              };
          producer.send(new ProducerRecord<>("rides", i % PARTITIONS, null, ride.getBytes(UTF_8)));
        }
        producer.flush();
        int rows = RECORDS - 3 * PARTITIONS;
        await(ended, history, rides, rows);
        send(producer, pipeline, mended());
        await(ended, history, rides, rows + 1);
      }
      job.cancel().get();

      long snapshot = history.snapshot("rides").orElseThrow();
      long end = RECORDS / PARTITIONS;
      assertThat(history.positions(rides, snapshot))
          .isEqualTo(new HistoryPositions(new TreeMap<>(Map.of(0, end, 1, end, 2, end)), 0));
      List<HistoricRow> rows = read(history, rides, snapshot, HistoryRange.ALL);
      assertThat(rows)
          .allSatisfy(
              row -> {
                Position at = row.position();
                assertThat(row.row().getLong(0))
                    .isEqualTo(at.offset() * PARTITIONS + at.partition());
              });
      assertThat(rows).extracting(HistoricRow::position).doesNotHaveDuplicates();
      assertThat(rows).extracting(HistoricRow::position).contains(new Position(1, 2));
      assertThat(read(history, rides, snapshot, HistoryRange.ALL.before(Map.of(0, 10L, 2, 5L))))
          .hasSize(7 + 2)
          .allMatch(row -> row.position().offset() < (row.position().partition() == 0 ? 10 : 5));
    }
  }

  /** What a person sends back after having mended the bytes at partition 1, offset 2. */
  private static Replay mended() {
    return new Replay(
        "0-0",
        new DeadLetter(
            "rides",
            DeadLetterReason.NOT_JSON,
            "",
            "",
            "rides",
            "1.0.0",
            0,
            DeadLetter.Coordinates.kafka("rides", 1, 2, null),
            DeadLetter.Raw.of(ride(2 * PARTITIONS + 1, 1).getBytes(UTF_8))));
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, Pipeline pipeline, Replay replay) {
    producer.send(new ProducerRecord<>(pipeline.topics().replay(), ReplayJson.encode(replay)));
    producer.flush();
  }

  private JobClient start(Pipeline pipeline) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir.resolve("checkpoints").toUri().toString());
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
    PipelineJob.build(env, pipeline, EnumSet.of(Capability.DRIFT, Capability.OFFLINE));
    return env.executeAsync("town");
  }

  private void await(CompletableFuture<?> ended, OfflineHistory history, Source rides, int rows) {
    int[] found = {0};
    Deadline.await(
        PATIENCE,
        () -> "%d rows in the table, which has %d".formatted(rows, found[0]),
        () -> {
          if (ended.isDone()) {
            ended.get();
          }
          OptionalLong snapshot = history.snapshot("rides");
          if (snapshot.isPresent()) {
            found[0] = read(history, rides, snapshot.getAsLong(), HistoryRange.ALL).size();
          }
          return found[0] >= rows;
        });
  }

  private static List<HistoricRow> read(
      OfflineHistory history, Source source, long snapshot, HistoryRange range) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
    env.setRuntimeMode(RuntimeExecutionMode.BATCH);
    List<HistoricRow> rows = new ArrayList<>();
    try (CloseableIterator<HistoricRow> read =
        history.historicRows(env, source, snapshot, range).executeAndCollect()) {
      read.forEachRemaining(rows::add);
    }
    return rows;
  }

  private static String ride(long id, int fare) {
    return "{\"id\":%d,\"at\":\"2013-01-01T00:00:00Z\",\"fare\":%d}".formatted(id, fare);
  }

  private static KafkaProducer<byte[], byte[]> producer(KafkaServer kafka) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
