package io.millrace.quickstart.faults;

import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.cluster.LocalCluster.Service;
import io.millrace.quickstart.faults.FeatureRun.Disturbance;
import io.millrace.quickstart.faults.FeatureRun.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The drill of the feature pipeline: whatever single thing fails, the features are in the end those
 * of a run in which nothing did.
 */
final class FeaturesFaults {

  private final Home home;
  private final Screen screen;
  private final int flightsPerSecond;
  private final long limit;
  private final boolean keep;

  /** The same in both runs; known once the first has begun. */
  private Pipeline pipeline;

  FeaturesFaults(Home home, Screen screen, int flightsPerSecond, long limit, boolean keep) {
    this.home = home;
    this.screen = screen;
    this.flightsPerSecond = flightsPerSecond;
    this.limit = limit;
    this.keep = keep;
  }

  /** Runs twice and compares; false if anything differs. */
  boolean run() {
    screen.title(
        "Millrace faults",
        "%,d flights at %,d/s, twice: undisturbed, and with things broken"
            .formatted(limit, flightsPerSecond));
    Outcome undisturbed = run("undisturbed", List.of());
    Outcome disturbed = run("disturbed", disturbances());
    return compare(undisturbed, disturbed);
  }

  private static List<Disturbance> disturbances() {
    return List.of(
        new Disturbance(0.15, "kill -9 of a TaskManager", run -> run.job().killTaskManager()),
        new Disturbance(0.35, "kill -9 of Redis, started again", FeaturesFaults::restartRedis),
        new Disturbance(0.55, "restart of the Kafka broker", FeaturesFaults::restartKafka),
        new Disturbance(0.75, "savepoint, stop, resume", run -> run.job().stopAndResume()));
  }

  private static String restartRedis(FeatureRun run) {
    long pid = run.cluster().kill(Service.REDIS);
    run.cluster().start(Service.REDIS);
    run.job().awaitRunning();
    return "pid " + pid;
  }

  private static String restartKafka(FeatureRun run) {
    run.cluster().stop(Service.KAFKA);
    run.cluster().start(Service.KAFKA);
    run.job().awaitRunning();
    return "stopped and started";
  }

  private Outcome run(String name, List<Disturbance> disturbances) {
    return DrillCluster.run(
        home,
        screen,
        name,
        keep,
        cluster -> {
          long startNanos = System.nanoTime();
          FeatureRun run = new FeatureRun(home, screen, cluster);
          Outcome outcome = run.run(flightsPerSecond, limit, disturbances);
          screen.done(
              "settled",
              "%,d keys in Redis, %,d records in feature topics, %.0f s"
                  .formatted(
                      outcome.redis().keys(),
                      outcome.topics().values().stream()
                          .mapToLong(FeatureTopicContent::records)
                          .sum(),
                      (System.nanoTime() - startNanos) / 1e9));
          this.pipeline = run.pipeline();
          return outcome;
        });
  }

  private boolean compare(Outcome undisturbed, Outcome disturbed) {
    screen.heading("compared");
    Comparison redis = Comparison.ofRedis(pipeline, undisturbed.redis(), disturbed.redis());
    redis.differences().stream()
        .limit(20)
        .forEach(difference -> screen.failed("Redis", difference));
    boolean topicsGood = true;
    for (FeatureViewSpec view : pipeline.featureViews()) {
      if (view.topic()) {
        topicsGood &=
            topicIsGood(
                view, undisturbed.topics().get(view.name()), disturbed.topics().get(view.name()));
      }
    }
    if (redis.differences().isEmpty()) {
      screen.done("Redis", "%,d keys, all the same".formatted(redis.keysCompared()));
    }
    boolean driftGood = driftIsGood(undisturbed.drift(), disturbed.drift());
    screen.line("");
    screen.line(
        "keys_compared=%d differing=%d".formatted(redis.keysCompared(), redis.differingKeys()));
    return redis.differences().isEmpty() && topicsGood && driftGood && redis.keysCompared() > 0;
  }

  private boolean driftIsGood(Map<String, String> undisturbed, Map<String, String> disturbed) {
    Comparison drift = Comparison.ofValues(ofRows(undisturbed), ofRows(disturbed));
    drift.differences().stream()
        .limit(5)
        .forEach(difference -> screen.failed(pipeline.topics().drift(), difference));
    if (drift.differences().isEmpty()) {
      screen.done(
          "drift",
          "%s: %,d results and summaries, all the same"
              .formatted(pipeline.topics().drift(), drift.keysCompared()));
    }
    return drift.differences().isEmpty()
        && (drift.keysCompared() > 0 || pipeline.driftMonitors().isEmpty());
  }

  /**
   * Results of monitors over sources. How often a view writes between two events depends on the
   * steps of the watermark, so a monitor over a view counts other vectors in every run.
   */
  private Map<String, String> ofRows(Map<String, String> results) {
    Map<String, String> ofRows = new TreeMap<>(results);
    pipeline.driftMonitors().stream()
        .filter(DriftMonitorSpec::inputIsView)
        .forEach(monitor -> ofRows.keySet().removeIf(key -> key.startsWith(monitor.name() + "/")));
    return ofRows;
  }

  private boolean topicIsGood(
      FeatureViewSpec view, FeatureTopicContent undisturbed, FeatureTopicContent disturbed) {
    String topic = pipeline.topics().features(view.name());
    Comparison last = Comparison.ofTopic(pipeline, view, undisturbed, disturbed);
    last.differences().stream().limit(5).forEach(difference -> screen.failed(topic, difference));
    List<String> repeated = disturbed.repeated();
    Optional<String> words =
        repeated.isEmpty()
            ? Optional.empty()
            : Optional.of(repeated.size() + " keys with repeated revisions: " + first(repeated));
    words.ifPresent(problem -> screen.failed(topic, problem));
    // A gap counts where an undisturbed run has none: views that coalesce their writes have many.
    List<String> gaps = undisturbed.gaps().isEmpty() ? disturbed.gaps() : List.of();
    if (!gaps.isEmpty()) {
      screen.failed(topic, gaps.size() + " keys with a revision left out: " + first(gaps));
    }
    boolean good = last.differences().isEmpty() && repeated.isEmpty() && gaps.isEmpty();
    if (good) {
      screen.done(
          "topic",
          "%s: %,d records, read committed; no revision repeated or left out; %,d last values the same"
              .formatted(topic, disturbed.records(), last.keysCompared()));
    }
    return good;
  }

  private static String first(List<String> keys) {
    return String.join(", ", keys.subList(0, Math.min(3, keys.size())));
  }
}
