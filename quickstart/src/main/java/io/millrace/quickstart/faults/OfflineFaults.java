package io.millrace.quickstart.faults;

import io.millrace.document.Environment;
import io.millrace.ingest.Position;
import io.millrace.jobs.offline.HistoryPositions;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.pipeline.Source;
import io.millrace.quickstart.FlightProducer;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.KafkaProgress;
import io.millrace.quickstart.PlaneChanges;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.cluster.LocalCluster;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The drill of history tables: whatever is killed while they are written, they hold every accepted
 * row once, and the planes as the database has them.
 */
final class OfflineFaults {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String CHECKPOINT_INTERVAL = "1s";
  private static final List<Double> KILLS = List.of(0.2, 0.4, 0.6);
  private static final double SAVEPOINT = 0.8;
  private static final double SENT_DURING_ONE = 0.15;
  private static final int UPDATE_EVERY = 10;
  private static final int DELETE_EVERY = 33;

  private final Home home;
  private final Screen screen;
  private final int flightsPerSecond;
  private final long limit;
  private final boolean keep;

  OfflineFaults(Home home, Screen screen, int flightsPerSecond, long limit, boolean keep) {
    this.home = home;
    this.screen = screen;
    this.flightsPerSecond = flightsPerSecond;
    this.limit = limit;
    this.keep = keep;
  }

  /** Runs once and counts; false if a row is missing, double, or another than it should be. */
  boolean run() {
    screen.title(
        "Millrace faults",
        "%,d flights at %,d/s into Iceberg tables, with TaskManagers killed"
            .formatted(limit, flightsPerSecond));
    return DrillCluster.run(home, screen, "offline", keep, this::drill);
  }

  private boolean drill(LocalCluster cluster) throws Exception {
    Path warehouse = home.var().resolve("faults").resolve("offline").resolve("warehouse");
    Map<String, String> environment = DrillJob.environment(cluster);
    environment.put("OFFLINE", warehouse.toString());
    Path file = home.root().resolve("conf/pipelines/history.yaml");
    Pipeline pipeline = PipelineFile.read(file, new Environment(environment)).pipeline();
    FlightData data = FlightData.in(home.flightData());
    DrillCluster.createTopic(cluster, FlightData.TOPIC);
    DrillJob job =
        new DrillJob(
            home,
            cluster,
            environment,
            List.of(),
            List.of(
                "--pipeline",
                file.toString(),
                "--only",
                "offline",
                "--",
                "-Dexecution.checkpointing.interval=" + CHECKPOINT_INTERVAL));
    try (Connection postgres = cluster.connectToPostgres();
        FlightProducer producer =
            new FlightProducer(data, DrillCluster.kafka(cluster), FlightData.TOPIC)) {
      data.loadPlanes(postgres);
      job.submit(Optional.empty());
      producer.holdAt(0);
      CompletableFuture<Long> sending =
          CompletableFuture.supplyAsync(() -> producer.send(0, limit, flightsPerSecond));
      for (double share : KILLS) {
        awaitShare(producer, sending, share);
        if (share == KILLS.get(1)) {
          PlaneChanges.apply(postgres, UPDATE_EVERY, DELETE_EVERY);
        }
        disturb("kill -9 of a TaskManager", producer, job::killTaskManager);
      }
      awaitShare(producer, sending, SAVEPOINT);
      disturb("savepoint, stop, resume", producer, job::stopAndResume);
      producer.holdAt(Long.MAX_VALUE);
      sending.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      awaitRead(pipeline, job);
      return compare(pipeline, data, postgres, DrillCluster.kafka(cluster));
    }
  }

  private void awaitShare(FlightProducer producer, CompletableFuture<Long> sending, double share) {
    producer.holdAt((long) ((share + SENT_DURING_ONE) * limit));
    Deadline.await(
        PATIENCE,
        () -> "%.0f%% of the flights to be sent".formatted(share * 100),
        () -> {
          screen.progress(
              (double) producer.sent() / limit, "%,d flights".formatted(producer.sent()));
          return producer.sent() >= share * limit || sending.isCompletedExceptionally();
        });
  }

  private void disturb(String name, FlightProducer producer, Supplier<String> action) {
    DrillJob.disturb(screen, (double) producer.sent() / limit, name, action);
  }

  /** Returns when all flights are behind a checkpoint, and with it in the tables. */
  private void awaitRead(Pipeline pipeline, DrillJob job) {
    Source flights = pipeline.source("flights").orElseThrow();
    String group = ((KafkaOrigin) flights.origin()).groupId();
    job.awaitRead(screen, group, FlightData.TOPIC, limit, "flights");
    job.awaitCheckpoints(2);
  }

  private boolean compare(Pipeline pipeline, FlightData data, Connection postgres, String kafka)
      throws Exception {
    screen.heading("compared");
    OfflineContent content = new OfflineContent(pipeline);
    List<String> flights =
        content.history("flights", "flight_id", "departed_at", "dep_delay_minutes");
    List<String> planes = content.present("planes", "tailnum", "manufacturer", "seats");
    Set<String> expectedFlights = expectedFlights(data);
    Set<String> expectedPlanes = expectedPlanes(postgres);
    boolean good = check("flights", expectedFlights, flights);
    good &= checkPositions(content, kafka);
    good &= check("planes", expectedPlanes, planes);
    int expected = expectedFlights.size() + expectedPlanes.size();
    int found = flights.size() + planes.size();
    int duplicates =
        flights.size() - Set.copyOf(flights).size() + planes.size() - Set.copyOf(planes).size();
    screen.line("");
    screen.line(
        "rows_expected=%d rows_found=%d duplicates=%d".formatted(expected, found, duplicates));
    return good && duplicates == 0 && found == expected && expectedFlights.size() == limit;
  }

  /** Whoever takes the table and goes on in the topic misses nothing and sees nothing twice. */
  private boolean checkPositions(OfflineContent content, String kafka) throws Exception {
    List<Position> positions = content.positions("flights");
    HistoryPositions reached = content.reached("flights");
    Map<Integer, Long> ends;
    try (KafkaProgress progress = new KafkaProgress(kafka)) {
      ends = progress.nextOffsets(FlightData.TOPIC);
    }
    int twice = positions.size() - new HashSet<>(positions).size();
    boolean joins = reached.without() == 0 && reached.next().equals(ends);
    if (twice == 0 && joins) {
      screen.done("positions", "every offset once, the topic goes on at " + reached.next());
    } else {
      screen.failed(
          "positions",
          "%d offsets twice, %d rows without; the table reaches to %s, the topic to %s"
              .formatted(twice, reached.without(), reached.next(), ends));
    }
    return twice == 0 && joins;
  }

  private boolean check(String table, Set<String> expected, List<String> found) {
    Set<String> missing = new HashSet<>(expected);
    found.forEach(missing::remove);
    Set<String> foreign = new HashSet<>(found);
    foreign.removeAll(expected);
    missing.stream().sorted().limit(5).forEach(row -> screen.failed(table, "missing: " + row));
    foreign.stream().sorted().limit(5).forEach(row -> screen.failed(table, "never sent: " + row));
    boolean good = missing.isEmpty() && foreign.isEmpty() && found.size() == expected.size();
    if (good) {
      screen.done(table, "%,d rows, each once and as it was sent".formatted(found.size()));
    } else if (missing.isEmpty() && foreign.isEmpty()) {
      screen.failed(
          table, "%,d rows twice or more often".formatted(found.size() - expected.size()));
    }
    return good;
  }

  private Set<String> expectedFlights(FlightData data) {
    try (Stream<Departure> flights = data.flights()) {
      return flights
          .limit(limit)
          .map(
              flight ->
                  OfflineContent.row(
                      flight.flightId(),
                      flight.departedAt(),
                      flight.cancelled() ? null : (long) flight.depDelayMinutes().getAsInt()))
          .collect(Collectors.toSet());
    }
  }

  private static Set<String> expectedPlanes(Connection postgres) throws SQLException {
    Map<String, String> planes = new TreeMap<>();
    try (Statement query = postgres.createStatement();
        ResultSet rows =
            query.executeQuery("SELECT tailnum, manufacturer, seats FROM public.planes")) {
      while (rows.next()) {
        Object seats = rows.getObject(3) == null ? null : rows.getLong(3);
        planes.put(
            rows.getString(1), OfflineContent.row(rows.getString(1), rows.getString(2), seats));
      }
    }
    return Set.copyOf(planes.values());
  }
}
