package io.millrace.quickstart.faults;

import io.millrace.quickstart.Home;
import io.millrace.quickstart.KafkaProgress;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.cluster.FlinkRest;
import io.millrace.quickstart.cluster.JobSubmission;
import io.millrace.quickstart.cluster.LocalCluster;
import io.millrace.quickstart.cluster.LocalCluster.Service;
import io.millrace.testkit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The job of a drill, on the drill's cluster. */
final class DrillJob {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration READ_PATIENCE = Duration.ofMinutes(10);

  private final Home home;
  private final LocalCluster cluster;
  private final Map<String, String> environment;
  private final List<String> flinkOptions;
  private final List<String> arguments;
  private String id = "";

  /**
   * @param environment what the pipeline file asks for
   * @param flinkOptions of {@code flink run}
   * @param arguments of the job, for example {@code --pipeline FILE}
   */
  DrillJob(
      Home home,
      LocalCluster cluster,
      Map<String, String> environment,
      List<String> flinkOptions,
      List<String> arguments) {
    this.home = home;
    this.cluster = cluster;
    this.environment = Map.copyOf(environment);
    this.flinkOptions = List.copyOf(flinkOptions);
    this.arguments = List.copyOf(arguments);
  }

  /** Where a pipeline file finds the services of a drill's cluster. */
  static Map<String, String> environment(LocalCluster cluster) {
    Map<String, String> environment = new HashMap<>(cluster.ports().pipelineEnvironment());
    environment.put("FLINK_REST", cluster.flink().address());
    return environment;
  }

  FlinkRest flink() {
    return cluster.flink();
  }

  /** Flink's id of the job that runs now. */
  String id() {
    return id;
  }

  /** Submits the pipeline and returns when all of its tasks run. */
  void submit(Optional<String> savepoint) {
    List<String> options = new ArrayList<>(flinkOptions);
    savepoint.ifPresent(path -> options.addAll(List.of("-s", path)));
    id = JobSubmission.submit(home, environment, options, arguments);
    awaitRunning();
  }

  /** Returns when the job runs and has completed a checkpoint that began after this call. */
  void awaitRunning() {
    Deadline.await(
        PATIENCE,
        () -> "job " + id + " to run; its last failure: " + flink().lastFailure(id),
        () -> flink().isRunning(id));
    long before = flink().completedCheckpoints(id);
    // The first to complete may have begun before.
    Deadline.await(
        PATIENCE,
        () -> "a checkpoint of job " + id,
        () -> flink().isRunning(id) && flink().completedCheckpoints(id) >= before + 2);
  }

  void awaitCheckpoints(int count) {
    long before = flink().completedCheckpoints(id);
    Deadline.await(
        PATIENCE, "a checkpoint", () -> flink().completedCheckpoints(id) >= before + count);
  }

  /**
   * Returns when so many records of a topic are behind a checkpoint.
   *
   * @param what they are called
   */
  void awaitRead(Screen screen, String group, String topic, long records, String what) {
    try (KafkaProgress progress = new KafkaProgress(DrillCluster.kafka(cluster))) {
      Deadline.await(
          READ_PATIENCE,
          () -> "the job to read all " + what + "; its last failure: " + flink().lastFailure(id),
          () -> {
            long committed = progress.committed(group, topic);
            screen.progress(
                (double) committed / records,
                "%,d of %,d %s read".formatted(committed, records, what));
            return committed >= records;
          });
    }
  }

  /**
   * Does something to a run and shows it.
   *
   * @param share of the records that were sent before
   * @param action returns when the job runs again; its words say what happened
   */
  static void disturb(Screen screen, double share, String name, Supplier<String> action) {
    long startNanos = System.nanoTime();
    String words = action.get();
    screen.event(
        "%3.0f%%".formatted(100 * share),
        "%s: %s; runs again after %.1f s"
            .formatted(name, words, (System.nanoTime() - startNanos) / 1e9));
  }

  /** Stops the job with a savepoint and resumes it from there; the words say what happened. */
  String stopAndResume() {
    String savepoint = flink().savepoint(id, "", true, PATIENCE);
    submit(Optional.of(savepoint));
    return "job stopped with " + savepoint.substring(savepoint.lastIndexOf('/') + 1);
  }

  /** Kills a TaskManager that works for the job, and returns when the job runs again. */
  String killTaskManager() {
    Service victim =
        cluster.isBusy(Service.TASKMANAGER_1) ? Service.TASKMANAGER_1 : Service.TASKMANAGER_2;
    long restartedBefore = flink().lastRestartMillis(id);
    long pid = cluster.kill(victim);
    // What a supervisor would do.
    cluster.start(victim);
    Deadline.await(
        PATIENCE,
        "the job to notice that its TaskManager is gone",
        () -> flink().lastRestartMillis(id) > restartedBefore);
    awaitRunning();
    return "pid " + pid;
  }
}
