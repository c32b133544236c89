package io.millrace.quickstart.cluster;

import io.millrace.quickstart.QdrantPorts;
import io.millrace.testkit.QdrantBinary;
import io.millrace.testkit.QdrantServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Qdrant beside the {@link LocalCluster}, for the pipelines that want one; without a server for
 * this machine the others run all the same.
 */
final class LocalQdrant {

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Path data;
  private final ManagedProcess process;
  private final QdrantPorts ports;

  /**
   * @param dir the cluster's folder
   */
  LocalQdrant(Path dir, QdrantPorts ports) {
    this.data = dir.resolve("qdrant");
    this.process = new ManagedProcess("qdrant", dir);
    this.ports = ports;
  }

  boolean isRunning() {
    return process.isRunning();
  }

  /** What {@code scripts/up} notes for the other scripts. */
  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    ports.byVariable().forEach((name, port) -> environment.put(name, port.toString()));
    environment.putAll(ports.pipelineEnvironment());
    return environment;
  }

  /**
   * Starts it unless it runs, and returns when it answers.
   *
   * @return a line about it, for people: also when there is no server for this machine
   * @throws IllegalStateException if a port is taken, or it does not come up
   */
  String up() {
    if (isRunning()) {
      return line("was running");
    }
    Path server;
    try {
      server = QdrantBinary.executable();
    } catch (IOException none) {
      return line("not started: " + none.getMessage());
    }
    ports.requireFree();
    process.start(
        List.of(server.toString(), "--disable-telemetry"),
        data,
        QdrantServer.environment(data, ports.http(), ports.grpc(), ""));
    return line(
        "pid "
            + process.awaitAnswer(
                "qdrant", START_PATIENCE, () -> QdrantServer.answers(ports.http())));
  }

  /** Stops it in good order; returns whether it was running. */
  boolean down() {
    return process.stop(STOP_PATIENCE);
  }

  private String line(String state) {
    return "%-14s %-26s  %s".formatted("qdrant", ports.url(), state);
  }
}
