package io.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Qdrant server in a process of its own, on 127.0.0.1. Writes that were acknowledged with {@code
 * wait} survive {@link #kill()}: they are in its log.
 */
public final class QdrantServer implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Path dir;
  private final int httpPort;
  private final int grpcPort;
  private final String apiKey;
  private final Thread stopOnExit = new Thread(this::kill, "stop qdrant");
  private Process process;

  private QdrantServer(Path dir, int httpPort, int grpcPort, String apiKey) {
    this.dir = dir.toAbsolutePath();
    this.httpPort = httpPort;
    this.grpcPort = grpcPort;
    this.apiKey = apiKey;
  }

  /** Starts a server on free ports that keeps its files in {@code dir}. */
  public static QdrantServer start(Path dir) {
    return start(dir, Ports.free(), Ports.free(), "");
  }

  /**
   * Starts a server; an existing directory is continued.
   *
   * @param apiKey asked of every client; empty for none
   * @throws IllegalStateException if a port is taken or the server does not come up
   */
  public static QdrantServer start(Path dir, int httpPort, int grpcPort, String apiKey) {
    QdrantServer qdrant = new QdrantServer(dir, httpPort, grpcPort, apiKey);
    qdrant.start();
    return qdrant;
  }

  /**
   * What a server bound to 127.0.0.1 finds in its environment.
   *
   * @param dir where it keeps its files
   */
  public static Map<String, String> environment(
      Path dir, int httpPort, int grpcPort, String apiKey) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("QDRANT__STORAGE__STORAGE_PATH", dir.resolve("storage").toString());
    environment.put("QDRANT__STORAGE__SNAPSHOTS_PATH", dir.resolve("snapshots").toString());
    environment.put("QDRANT__SERVICE__HOST", "127.0.0.1");
    environment.put("QDRANT__SERVICE__HTTP_PORT", Integer.toString(httpPort));
    environment.put("QDRANT__SERVICE__GRPC_PORT", Integer.toString(grpcPort));
    environment.put("QDRANT__TELEMETRY_DISABLED", "true");
    environment.put("QDRANT__LOG_LEVEL", "WARN");
    if (!apiKey.isEmpty()) {
      environment.put("QDRANT__SERVICE__API_KEY", apiKey);
    }
    return environment;
  }

  /** Starts the server again after {@link #stop()} or {@link #kill()}, on the same files. */
  public synchronized void start() {
    if (isRunning()) {
      throw new IllegalStateException("Qdrant on port " + grpcPort + " runs already");
    }
    requireFree(httpPort);
    requireFree(grpcPort);
    try {
      Files.createDirectories(dir);
      Path log = dir.resolve("qdrant.log");
      ProcessBuilder builder =
          new ProcessBuilder(QdrantBinary.executable().toString(), "--disable-telemetry")
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment(dir, httpPort, grpcPort, apiKey));
      process = builder.start();
      Runtime.getRuntime().addShutdownHook(stopOnExit);
      Deadline.await(
          START_PATIENCE,
          () -> "Qdrant to answer on 127.0.0.1:" + httpPort + "; its log is " + log,
          () -> {
            if (!process.isAlive()) {
              throw new IllegalStateException(
                  "qdrant ended with exit code " + process.exitValue() + "; its log is " + log);
            }
            return answers(httpPort);
          });
    } catch (IOException failure) {
      throw new UncheckedIOException("qdrant could not be started in " + dir, failure);
    }
  }

  private static void requireFree(int port) {
    if (!Ports.isFree(port)) {
      throw new IllegalStateException(
          "port "
              + port
              + " on 127.0.0.1 is taken: stop what listens there or choose another port"
              + " for Qdrant");
    }
  }

  /** Whether a Qdrant that takes requests listens on a local HTTP port. */
  public static boolean answers(int httpPort) {
    try {
      HttpResponse<Void> response =
          HttpClient.newBuilder()
              .connectTimeout(Duration.ofMillis(500))
              .build()
              .send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/readyz"))
                      .timeout(Duration.ofSeconds(1))
                      .build(),
                  HttpResponse.BodyHandlers.discarding());
      return response.statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Where gRPC clients connect: {@code http://127.0.0.1:<port>}. */
  public String url() {
    return "http://127.0.0.1:" + grpcPort;
  }

  public int grpcPort() {
    return grpcPort;
  }

  public int httpPort() {
    return httpPort;
  }

  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Stops the server in good order; its files stay. Does nothing when it is not running. */
  public synchronized void stop() {
    end(false);
  }

  /** Stops the server as a crash would (SIGKILL). */
  public synchronized void kill() {
    end(true);
  }

  private void end(boolean forcibly) {
    if (process == null) {
      return;
    }
    if (forcibly) {
      process.destroyForcibly();
    } else {
      process.destroy();
    }
    try {
      if (!process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process = null;
    if (Thread.currentThread() != stopOnExit) {
      forgetShutdownHook();
    }
  }

  private void forgetShutdownHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(stopOnExit);
    } catch (IllegalStateException exiting) {
      // The JVM is on its way out and runs the hook itself.
    }
  }

  @Override
  public void close() {
    stop();
  }
}
