package io.millrace.quickstart.faults;

import io.millrace.document.Environment;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.quickstart.FlightProducer;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.PlaneChanges;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.cluster.LocalCluster;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.FlightData;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One run of the flights pipeline over the year's flights and over planes that change meanwhile, on
 * a cluster that starts empty.
 *
 * <p>The last tenth of the flights is sent when the last disturbance is over. A watermark is not
 * part of a checkpoint: a job that resumes on a topic where nothing more arrives does not know how
 * late it is, and lets nothing decay until the next record tells it.
 */
final class FeatureRun {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int UPDATE_EVERY = 10;
  private static final int DELETE_EVERY = 33;
  private static final double SENT_DURING_DISTURBANCES = 0.9;
  private static final double SENT_DURING_ONE = 0.12;

  private final Home home;
  private final Screen screen;
  private final LocalCluster cluster;
  private final Map<String, String> environment;
  private final Pipeline pipeline;
  private final String flightsGroup;
  private final DrillJob job;

  /** What a run leaves behind. */
  record Outcome(
      RedisContent redis, Map<String, FeatureTopicContent> topics, Map<String, String> drift) {}

  /** Something that is done to a run when a share of the flights has been sent. */
  record Disturbance(double afterShare, String name, Action action) {

    /** Returns when the job runs again; the words say what happened. */
    interface Action {
      String apply(FeatureRun run);
    }
  }

  FeatureRun(Home home, Screen screen, LocalCluster cluster) {
    this.home = home;
    this.screen = screen;
    this.cluster = cluster;
    this.environment = DrillJob.environment(cluster);
    this.pipeline =
        PipelineFile.read(home.flightsPipeline(), new Environment(environment)).pipeline();
    this.flightsGroup =
        pipeline.sources().stream()
            .map(source -> source.origin() instanceof KafkaOrigin kafka ? kafka : null)
            .filter(kafka -> kafka != null && kafka.topic().equals(FlightData.TOPIC))
            .findFirst()
            .orElseThrow()
            .groupId();
    this.job =
        new DrillJob(
            home,
            cluster,
            environment,
            List.of(),
            List.of("--pipeline", home.flightsPipeline().toString()));
  }

  LocalCluster cluster() {
    return cluster;
  }

  DrillJob job() {
    return job;
  }

  Pipeline pipeline() {
    return pipeline;
  }

  /**
   * Runs to the end and reads what is there.
   *
   * @param disturbances in the order of their shares
   */
  Outcome run(int flightsPerSecond, long limit, List<Disturbance> disturbances)
      throws SQLException {
    DrillCluster.createTopic(cluster, FlightData.TOPIC);
    FlightData data = FlightData.in(home.flightData());
    try (Connection postgres = cluster.connectToPostgres()) {
      data.loadPlanes(postgres);
    }
    job.submit(Optional.empty());
    long disturbed = (long) (limit * SENT_DURING_DISTURBANCES);
    long sent;
    try (FlightProducer producer = new FlightProducer(data, kafka(), FlightData.TOPIC)) {
      CompletableFuture<Long> sending =
          CompletableFuture.supplyAsync(() -> producer.send(0, disturbed, flightsPerSecond));
      try {
        boolean planesChanged = false;
        for (Disturbance disturbance : disturbances) {
          // Records keep coming meanwhile, but some are left for the next disturbance.
          producer.holdAt((long) ((disturbance.afterShare() + SENT_DURING_ONE) * limit));
          planesChanged =
              changePlanesAtHalf(planesChanged, disturbance.afterShare(), producer, limit);
          awaitShare(disturbance.afterShare(), producer, limit, sending);
          DrillJob.disturb(
              screen,
              (double) producer.sent() / limit,
              disturbance.name(),
              () -> disturbance.action().apply(this));
        }
        producer.holdAt(Long.MAX_VALUE);
        changePlanesAtHalf(planesChanged, 1, producer, limit);
        sending.join();
        producer.send(disturbed, limit - disturbed, flightsPerSecond);
        sent = producer.sent();
      } catch (CompletionException failure) {
        throw new IllegalStateException("the flights could not be sent", failure.getCause());
      } finally {
        producer.stop();
      }
    }
    return settle(sent);
  }

  private boolean changePlanesAtHalf(
      boolean changed, double nextShare, FlightProducer producer, long limit) throws SQLException {
    if (changed || nextShare < 0.5) {
      return changed;
    }
    awaitShare(0.5, producer, limit, CompletableFuture.completedFuture(0L));
    try (Connection postgres = cluster.connectToPostgres()) {
      PlaneChanges.apply(postgres, UPDATE_EVERY, DELETE_EVERY);
    }
    return true;
  }

  private String kafka() {
    return DrillCluster.kafka(cluster);
  }

  private void awaitShare(
      double share, FlightProducer producer, long limit, CompletableFuture<Long> sending) {
    Deadline.await(
        PATIENCE,
        () -> "%.0f%% of the flights to be sent".formatted(share * 100),
        () -> {
          screen.progress(
              (double) producer.sent() / limit, "%,d flights".formatted(producer.sent()));
          return producer.sent() >= share * limit || sending.isCompletedExceptionally();
        });
  }

  /**
   * Waits until nothing changes any more: all flights are behind a checkpoint, the sources count as
   * idle, and Redis stays as it is over two checkpoints.
   */
  private Outcome settle(long flights) {
    job.awaitRead(screen, flightsGroup, FlightData.TOPIC, flights, "flights");
    awaitIdleSources();
    job.awaitCheckpoints(2);
    RedisContent[] content = {RedisContent.read(cluster.ports().redis())};
    Deadline.await(
        PATIENCE,
        "the features to settle",
        () -> {
          job.awaitCheckpoints(2);
          RedisContent next = RedisContent.read(cluster.ports().redis());
          boolean same = next.equals(content[0]);
          content[0] = next;
          return same;
        });
    Map<String, FeatureTopicContent> topics = new HashMap<>();
    for (FeatureViewSpec view : pipeline.featureViews()) {
      if (view.topic()) {
        topics.put(
            view.name(),
            FeatureTopicContent.read(kafka(), pipeline.topics().features(view.name())));
      }
    }
    return new Outcome(
        content[0], topics, FeatureTopicContent.lastValues(kafka(), pipeline.topics().drift()));
  }

  /** Until then partitions that ended earlier hold the watermark back. */
  private void awaitIdleSources() {
    Duration idle =
        pipeline.sources().stream()
            .flatMap(source -> source.eventTime().idleAfter().stream())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO)
            .plusSeconds(5);
    long startNanos = System.nanoTime();
    Deadline.await(
        idle.plusMinutes(1),
        "the sources to count as idle",
        () -> {
          long passed = System.nanoTime() - startNanos;
          screen.progress(
              (double) passed / idle.toNanos(), "all flights read; waiting for idle sources");
          return passed >= idle.toNanos();
        });
  }
}
