package io.millrace.quickstart.faults;

import io.millrace.quickstart.Home;
import io.millrace.quickstart.PointContent;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.cluster.LocalCluster;
import io.millrace.quickstart.faults.PlaneHistory.Change;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.QdrantServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One run over the history of planes, on a cluster and a Qdrant that start empty. Changes keep
 * coming while something is done to it.
 */
final class VectorRun implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String TOPIC = "planes";
  private static final String COLLECTION = "planes";

  private final Home home;
  private final Screen screen;
  private final LocalCluster cluster;
  private final QdrantServer qdrant;
  private final Path pipeline;
  private DrillJob job;
  private String group = "";

  /** Points, and the versions of those that were deleted and did not come back. */
  record Outcome(PointContent points, PointContent tombstones) {}

  /** Something that is done to a run while changes come; the words say what happened. */
  record Disturbance(String name, Action action) {

    interface Action {
      String apply(VectorRun run);
    }
  }

  VectorRun(Home home, Screen screen, LocalCluster cluster) throws IOException {
    this.home = home;
    this.screen = screen;
    this.cluster = cluster;
    this.pipeline = cluster.dir().resolve("vectors.yaml");
    try (InputStream file = VectorRun.class.getResourceAsStream("vectors.yaml")) {
      Files.write(pipeline, file.readAllBytes());
    }
    this.qdrant = QdrantServer.start(cluster.dir().resolve("qdrant"));
    this.job = newJob("first");
  }

  private DrillJob newJob(String group) {
    this.group = "millrace-drill-" + group;
    Map<String, String> environment = DrillJob.environment(cluster);
    environment.put("QDRANT", qdrant.url());
    environment.put("GROUP", this.group);
    return new DrillJob(
        home, cluster, environment, List.of(), List.of("--pipeline", pipeline.toString()));
  }

  DrillJob job() {
    return job;
  }

  /**
   * Runs to the end and reads what is there. The changes come in as many parts as there are
   * disturbances, and one more; each is disturbed in its middle.
   */
  Outcome run(List<Change> changes, int changesPerSecond, List<Disturbance> disturbances) {
    DrillCluster.createTopic(cluster, TOPIC);
    job.submit(Optional.empty());
    int parts = disturbances.size() + 1;
    Map<String, Object> settings =
        Map.of("bootstrap.servers", DrillCluster.kafka(cluster), "acks", "all", "linger.ms", "5");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int part = 0; part < parts; part++) {
        int from = changes.size() * part / parts;
        int middle = changes.size() * (2 * part + 1) / (2 * parts);
        int to = changes.size() * (part + 1) / parts;
        send(producer, changes.subList(from, middle), changesPerSecond);
        CompletableFuture<Void> rest =
            CompletableFuture.runAsync(
                () -> send(producer, changes.subList(middle, to), changesPerSecond));
        if (part < disturbances.size()) {
          Disturbance disturbance = disturbances.get(part);
          DrillJob.disturb(
              screen,
              (double) middle / changes.size(),
              disturbance.name(),
              () -> disturbance.action().apply(this));
        }
        rest.join();
      }
    }
    return settle(changes.size());
  }

  private static void send(
      KafkaProducer<String, String> producer, List<Change> changes, int perSecond) {
    long start = System.nanoTime();
    for (int i = 0; i < changes.size(); i++) {
      long early = start + i * 1_000_000_000L / perSecond - System.nanoTime();
      if (early > 0) {
        LockSupport.parkNanos(early);
      }
      Change change = changes.get(i);
      producer.send(new ProducerRecord<>(TOPIC, change.tailnum(), change.event()));
    }
    producer.flush();
  }

  /** Kills Qdrant and starts it again while rows come. */
  String restartQdrant() {
    qdrant.kill();
    qdrant.start();
    job.awaitRunning();
    return "killed and started";
  }

  /** Cancels the job and starts one that knows nothing and reads the topic from its beginning. */
  String replay() {
    cluster.flink().cancel(job.id());
    Deadline.await(
        PATIENCE,
        "the job to end",
        () -> cluster.flink().activeJobs().stream().noneMatch(it -> it.id().equals(job.id())));
    job = newJob("second");
    job.submit(Optional.empty());
    return "a new job without state reads all changes again";
  }

  /** Waits until all changes are behind a checkpoint and the points stay as they are. */
  private Outcome settle(int changes) {
    job.awaitRead(screen, group, TOPIC, changes, "changes");
    Outcome[] content = {null};
    Deadline.await(
        PATIENCE,
        "the points to settle",
        () -> {
          job.awaitCheckpoints(2);
          Outcome next = content();
          boolean same = next.equals(content[0]);
          content[0] = next;
          return same;
        });
    return content[0];
  }

  private Outcome content() throws InterruptedException {
    PointContent tombstones = PointContent.read(qdrant.grpcPort(), COLLECTION + ".tombstones");
    // When one was written is another moment in every run.
    tombstones.points().values().forEach(fields -> fields.remove("_deleted_at"));
    PointContent points = PointContent.read(qdrant.grpcPort(), COLLECTION);
    // Of a plane that came back within one batch no delete is told.
    tombstones.points().keySet().removeAll(points.points().keySet());
    return new Outcome(points, tombstones);
  }

  @Override
  public void close() {
    qdrant.close();
  }
}
