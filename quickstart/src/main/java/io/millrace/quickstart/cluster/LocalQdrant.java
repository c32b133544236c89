package io.millrace.quickstart.cluster;

import io.millrace.quickstart.ServicePorts;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Ports;
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

  /** What pipeline files ask the environment for. */
  static final String URL = "QDRANT";

  static final String GRPC_PORT = "MILLRACE_QDRANT_PORT";
  static final String HTTP_PORT = "MILLRACE_QDRANT_HTTP_PORT";

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Path data;
  private final ManagedProcess process;
  private final int grpcPort;
  private final int httpPort;

  /**
   * @param dir the cluster's folder
   */
  LocalQdrant(Path dir, int grpcPort, int httpPort) {
    this.data = dir.resolve("qdrant");
    this.process = new ManagedProcess("qdrant", dir);
    this.grpcPort = grpcPort;
    this.httpPort = httpPort;
  }

  /** On the usual ports, unless the environment names others. */
  static LocalQdrant from(Path dir, Map<String, String> environment) {
    return new LocalQdrant(
        dir, port(environment, GRPC_PORT, 6334), port(environment, HTTP_PORT, 6333));
  }

  static LocalQdrant onFreePorts(Path dir) {
    return new LocalQdrant(dir, Ports.free(), Ports.free());
  }

  /** A port that the environment names, or the usual one. */
  static int port(Map<String, String> environment, String name, int usual) {
    String value = environment.getOrDefault(name, "");
    if (value.isBlank()) {
      return usual;
    }
    try {
      int port = Integer.parseInt(value.strip());
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, as a number out of range is.
    }
    throw new IllegalArgumentException(
        name + "=" + value + " is not a port: expected a number from 1 to 65535");
  }

  boolean isRunning() {
    return process.isRunning();
  }

  /** What {@code scripts/up} notes for the other scripts. */
  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(GRPC_PORT, Integer.toString(grpcPort));
    environment.put(HTTP_PORT, Integer.toString(httpPort));
    environment.put(URL, "http://127.0.0.1:" + grpcPort);
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
    Map<String, Integer> wanted = new LinkedHashMap<>();
    wanted.put(GRPC_PORT, grpcPort);
    wanted.put(HTTP_PORT, httpPort);
    ServicePorts.requireFree(wanted);
    process.start(
        List.of(server.toString(), "--disable-telemetry"),
        data,
        QdrantServer.environment(data, httpPort, grpcPort, ""));
    Deadline.await(
        START_PATIENCE,
        () -> "qdrant to answer; it said last:\n" + process.lastWords(),
        () -> !process.isRunning() || QdrantServer.answers(httpPort));
    return line(
        "pid "
            + process
                .pid()
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            "qdrant ended right after its start; it said last:\n"
                                + process.lastWords())));
  }

  /** Stops it in good order; returns whether it was running. */
  boolean down() {
    return process.stop(STOP_PATIENCE);
  }

  private String line(String state) {
    return "%-14s %-26s  %s".formatted("qdrant", "http://127.0.0.1:" + grpcPort, state);
  }
}
