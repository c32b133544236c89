package io.millrace.jobs.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.Capability;
import io.millrace.jobs.LocalJob;
import io.millrace.jobs.PipelineJob;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.LocalBatchFlink;
import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs that gain views and aggregations in the middle of a stream end with the very store, versions
 * included, of a job that had them from the beginning.
 */
class BackfillITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final List<byte[]> RIDES = RidesFixture.rides(3_000);
  private static final String ALL = RidesFixture.MORE_TOTALS + RidesFixture.ZONES;

  @TempDir private Path dir;
  private KafkaServer kafka;
  private RedisServer redis;

  @BeforeEach
  void start() throws Exception {
    kafka = KafkaServer.start(dir.resolve("kafka"));
    redis = RedisServer.start(dir.resolve("redis"));
    kafka.createTopic(RidesFixture.TOPIC, 2);
  }

  @AfterEach
  void stop() throws Exception {
    redis.close();
    kafka.close();
  }

  @Test
  void shouldGoOnAsIfNewViewsAndAggregationsHadAlwaysBeenThere() throws Exception {
    Pipeline before = pipeline("resumed", RidesFixture.TOTALS);
    Pipeline after = pipeline("resumed", RidesFixture.bootstrapped(ALL));
    RidesFixture.produce(kafka, RIDES.subList(0, 1_500));
    JobClient job = run(before, Optional.empty());
    awaitRead(job, before, 1_500);
    // While the job runs, most of the history; then, what came until it stopped.
    Path baseline = dir.resolve("baseline");
    BackfillResult prepared =
        backfill(after, request(Optional.empty(), Optional.empty(), baseline));
    RidesFixture.produce(kafka, RIDES.subList(1_500, 2_000));
    String savepoint = stop(job);
    assertThat(problems(after, savepoint))
        .anyMatch(it -> it.contains("view zones has bootstrap: offline, but the savepoint"))
        .anyMatch(it -> it.contains("view totals") && it.contains("max(minutes)"));
    BackfillResult result =
        backfill(
            after,
            request(Optional.of(savepoint), Optional.of(baseline), dir.resolve("with-history")));
    assertThat(prepared.views().get(0).rows()).isEqualTo(1_500);
    assertThat(result.views().get(0).rows()).isBetween(0L, 500L);
    assertThat(RidesFixture.stored(redis, "resumed").keySet())
        .noneMatch(it -> it.contains("zones"));
    assertThat(problems(after, result.savepoint())).isEmpty();

    JobClient resumed = run(after, Optional.of(result.savepoint()));
    RidesFixture.produce(kafka, RIDES.subList(2_000, 3_000));
    Pipeline always = pipeline("undisturbed", ALL);
    JobClient undisturbed = run(always, Optional.empty());
    // A job that starts empty begins with the baseline and reads on where that ends.
    Pipeline fresh = pipeline("fresh", RidesFixture.bootstrapped(ALL));
    JobClient begun = run(fresh, Optional.of(prepared.savepoint()), "rocksdb");
    awaitRead(undisturbed, always, 3_000);
    awaitRead(resumed, after, 3_000);
    awaitRead(begun, fresh, 3_000);
    awaitSameStores("undisturbed", "resumed", "fresh");
    for (JobClient each : List.of(resumed, undisturbed, begun)) {
      each.cancel().get();
    }
  }

  /** The topic has lost what the tables still have. */
  @Test
  void shouldReadTheTablesAndGoOnInTheTopicWhereTheyEnd() throws Exception {
    Pipeline before = pipeline("resumed", RidesFixture.TOTALS);
    Pipeline keeper = keeping(RidesFixture.TOTALS);
    Pipeline after = keeping(RidesFixture.bootstrapped(ALL));
    RidesFixture.produce(kafka, RIDES.subList(0, 1_500));
    Pipeline always = pipeline("undisturbed", ALL);
    JobClient undisturbed = run(always, Optional.empty());
    PipelineJob.prepare(keeper);
    JobClient keeping =
        LocalJob.start(
            keeper, dir.resolve("kept"), Optional.empty(), EnumSet.of(Capability.OFFLINE));
    awaitRead(keeping, keeper, 1_500);
    stop(keeping);
    JobClient job = run(before, Optional.empty());
    RidesFixture.produce(kafka, RIDES.subList(1_500, 2_000));
    awaitRead(job, before, 2_000);
    String savepoint = stop(job);
    awaitRead(undisturbed, always, 2_000);
    deleteRecords(600);

    BackfillResult result =
        backfill(after, request(Optional.of(savepoint), Optional.empty(), dir.resolve("whole")));
    assertThat(result.histories().get(0).from()).startsWith("table resumed.rides, snapshot ");
    assertThat(result.views().get(0).rows()).isEqualTo(2_000);
    RidesFixture.produce(kafka, RIDES.subList(2_000, 3_000));
    JobClient resumed =
        run(pipeline("resumed", RidesFixture.bootstrapped(ALL)), Optional.of(result.savepoint()));
    awaitRead(undisturbed, always, 3_000);
    awaitRead(resumed, before, 3_000);
    awaitSameStores("undisturbed", "resumed");
    resumed.cancel().get();
    undisturbed.cancel().get();

    deleteRecords(900);
    assertThatThrownBy(
            () ->
                backfill(
                    after, request(Optional.of(savepoint), Optional.empty(), dir.resolve("again"))))
        .hasMessageContaining(
            "topic rides no longer has records between where the table ends and where the job goes"
                + " on (partition 0: 750 to 899");
  }

  @Test
  void shouldSayEverythingThatIsWrongWithARequest() throws Exception {
    Pipeline pipeline = pipeline("resumed", RidesFixture.bootstrapped(ALL) + RidesFixture.LATEST);
    RidesFixture.produce(kafka, RIDES.subList(0, 10));
    assertThatThrownBy(
            () ->
                Backfill.prepare(
                    pipeline,
                    new BackfillRequest(
                        List.of("zone", "newest"),
                        Optional.of(dir.resolve("nothing").toString()),
                        Optional.empty(),
                        Optional.of(dir),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        128)))
        .hasMessageContaining("there is no view zone in pipeline resumed; did you mean \"zones\"?")
        .hasMessageContaining("view newest shows newest rows and needs no past to compute with")
        .hasMessageContaining("there is no savepoint at " + dir.resolve("nothing"))
        .hasMessageContaining("--out " + dir + " exists: name another folder, or remove it");
    BackfillResult result =
        backfill(pipeline, request(Optional.empty(), Optional.empty(), dir.resolve("first")));
    // Its sources have other names, as those of another pipeline.
    Pipeline other = RidesFixture.renamedSource(dir, kafka, redis);
    assertThatThrownBy(
            () ->
                backfill(
                    other,
                    request(
                        Optional.of(result.savepoint()), Optional.empty(), dir.resolve("second"))))
        .hasMessageContaining("has no state of source trips (operator source-trips-read)");
    assertThat(dir.resolve("second")).doesNotExist();
  }

  /** Each ride is once in the files or behind them, however far the topic goes back. */
  @Test
  void shouldGoOnInTheTopicFromTheTimeAtWhichFilesEnd() throws Exception {
    Pipeline pipeline = pipeline("filed", RidesFixture.bootstrapped(RidesFixture.MORE_TOTALS));
    List<byte[]> rides = RIDES.subList(0, 400);
    RidesFixture.produce(kafka, rides);
    Path file = dir.resolve("rides.jsonl");
    for (byte[] ride : rides) {
      Files.write(file, ride, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      Files.writeString(file, "\n", StandardOpenOption.APPEND);
    }
    deleteRecords(50);
    BackfillRequest given =
        new BackfillRequest(
            List.of("totals"),
            Optional.empty(),
            Optional.empty(),
            Optional.of(dir.resolve("filed")),
            Map.of(RidesFixture.TOPIC, List.of(file)),
            Optional.empty(),
            Optional.of(RidesFixture.timeOf(rides.get(300))),
            BackfillRequest.DEFAULT_MAX_PARALLELISM);
    BackfillResult result = backfill(pipeline, given);
    assertThat(result.views().get(0).rows()).isEqualTo(400);
    assertThat(result.histories().get(0).from()).startsWith("files before 2026-03-01T");

    assertThat(problems(pipeline, result.savepoint())).isEmpty();
    RidesFixture.produce(kafka, RIDES.subList(400, 600));
    deleteRecords(250);
    assertThat(problems(pipeline, result.savepoint()))
        .singleElement()
        .asString()
        .contains("topic rides no longer has the records that follow the history", ": 200 to 249");
  }

  @Test
  void shouldNotStartEmptyWhereHistoryWasAskedFor() throws Exception {
    Pipeline pipeline = pipeline("empty", RidesFixture.bootstrapped(RidesFixture.ZONES));
    assertThat(BootstrapCheck.problems(pipeline, "empty.yaml", new Configuration()))
        .containsExactly(
            "view zones has bootstrap: offline, but a job that starts empty does not hold its"
                + " history (count(*) over PT6H, max(minutes):BIGINT over PT6H, count(*)): run"
                + " scripts/millrace backfill empty.yaml zones, and start from the savepoint that"
                + " it writes");
    JobClient job = run(pipeline, Optional.empty());
    assertThatThrownBy(() -> job.getJobExecutionResult().get())
        .hasStackTraceContaining("view zones has bootstrap: offline, but a job that starts empty");
  }

  private Pipeline pipeline(String name, String views) throws Exception {
    return RidesFixture.pipeline(dir, name, kafka, redis, views, "");
  }

  /** Another job of the pipeline, which keeps the history. */
  private Pipeline keeping(String views) throws Exception {
    String offline = "offline: {warehouse: warehouse, commit_every: 1s}\n";
    return RidesFixture.pipeline(dir, "resumed", kafka, redis, views, offline);
  }

  private static BackfillRequest request(Optional<String> into, Optional<Path> baseline, Path out) {
    return new BackfillRequest(
        List.of(),
        into,
        baseline,
        Optional.of(out),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        BackfillRequest.DEFAULT_MAX_PARALLELISM);
  }

  private static BackfillResult backfill(Pipeline pipeline, BackfillRequest request)
      throws Exception {
    Backfill backfill = Backfill.prepare(pipeline, request);
    // Other numbers of subtasks than the jobs have.
    try (BatchFlink flink = LocalBatchFlink.of(3, backfill.exchanges())) {
      return backfill.run(flink, rows -> {});
    }
  }

  private static List<String> problems(Pipeline pipeline, String savepoint) throws Exception {
    Configuration flink = new Configuration();
    flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    return BootstrapCheck.problems(pipeline, "rides.yaml", flink);
  }

  private JobClient run(Pipeline pipeline, Optional<String> savepoint) throws Exception {
    return run(pipeline, savepoint, "hashmap");
  }

  private JobClient run(Pipeline pipeline, Optional<String> savepoint, String stateBackend)
      throws Exception {
    PipelineJob.prepare(pipeline);
    return LocalJob.start(
        pipeline,
        dir.resolve("checkpoints"),
        savepoint,
        EnumSet.of(Capability.FEATURES),
        stateBackend);
  }

  private String stop(JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false, dir.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
        .get();
  }

  /** Waits until a job has committed that it has read so many rides. */
  private void awaitRead(JobClient job, Pipeline pipeline, long rides) {
    String group = RidesFixture.group(pipeline);
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
      Deadline.await(
          PATIENCE,
          group + " has read " + rides,
          () -> {
            if (job.getJobStatus().get().isGloballyTerminalState()) {
              // Which says what has become of it.
              job.getJobExecutionResult().get();
            }
            return admin
                    .listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum()
                >= rides;
          });
    }
  }

  private void awaitSameStores(String expected, String... others) {
    for (String other : others) {
      Deadline.await(
          PATIENCE,
          () -> differences(expected, other),
          () -> differences(expected, other).isEmpty());
    }
    assertThat(RidesFixture.stored(redis, expected)).hasSizeGreaterThan(40);
  }

  private String differences(String expected, String other) {
    Map<String, Map<String, String>> wanted = RidesFixture.stored(redis, expected);
    Map<String, Map<String, String>> found = RidesFixture.stored(redis, other);
    StringBuilder text = new StringBuilder();
    wanted.forEach(
        (key, hash) -> {
          if (!hash.equals(found.get(key))) {
            text.append("%n%s: %s, %s has %s".formatted(key, hash, other, found.get(key)));
          }
        });
    found.keySet().stream()
        .filter(key -> !wanted.containsKey(key))
        .forEach(key -> text.append("%n%s: only %s has it".formatted(key, other)));
    return text.toString();
  }

  private void deleteRecords(long before) throws Exception {
    try (Admin admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(RidesFixture.TOPIC, 0), RecordsToDelete.beforeOffset(before),
                  new TopicPartition(RidesFixture.TOPIC, 1), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }
}
