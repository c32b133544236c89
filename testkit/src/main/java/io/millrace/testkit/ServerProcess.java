package io.millrace.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, on 127.0.0.1, with its files, its log and its process id in one
 * folder. It ends with this JVM.
 */
public abstract sealed class ServerProcess implements AutoCloseable
    permits QdrantServer, RedisServer {

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final String name;
  private final Path dir;
  private final List<Integer> ports;
  private final Thread stopOnExit;
  private Process process;

  /**
   * @param name of the service, as people write it
   * @param ports that have to be free
   */
  ServerProcess(String name, Path dir, List<Integer> ports) {
    this.name = name;
    this.dir = dir.toAbsolutePath();
    this.ports = ports;
    this.stopOnExit = new Thread(this::kill, "stop " + name);
  }

  /** The executable with its arguments. */
  abstract List<String> command() throws IOException;

  /** What the process finds in its environment beside this one's. */
  abstract Map<String, String> environment();

  /** Whether the server takes requests. */
  abstract boolean answers();

  final Path dir() {
    return dir;
  }

  /** Where the id of a running server stands. */
  public static Path pidFile(Path dir) {
    return dir.resolve("server.pid");
  }

  /** Starts the server again after {@link #stop()} or {@link #kill()}, on the same files. */
  public final synchronized void start() {
    if (isRunning()) {
      throw new IllegalStateException(name + " on port " + ports.get(0) + " runs already");
    }
    for (int port : ports) {
      if (!Ports.isFree(port)) {
        throw new IllegalStateException(
            "port %d on 127.0.0.1 is taken: stop what listens there or choose another port for %s"
                .formatted(port, name));
      }
    }
    try {
      Files.createDirectories(dir);
      Path log = dir.resolve("server.log");
      ProcessBuilder builder =
          new ProcessBuilder(command())
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment());
      process = builder.start();
      Runtime.getRuntime().addShutdownHook(stopOnExit);
      Files.writeString(pidFile(dir), Long.toString(process.pid()));
      Deadline.await(
          START_PATIENCE,
          () -> name + " to answer on 127.0.0.1:" + ports.get(0) + "; its log is " + log,
          () -> !process.isAlive() || answers());
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "%s ended with exit code %d; its log is %s".formatted(name, process.exitValue(), log));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(name + " could not be started in " + dir, failure);
    }
  }

  public final boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Stops the server in good order; its files stay. Does nothing when it is not running. */
  public final synchronized void stop() {
    end(false);
  }

  /** Stops the server as a crash would (SIGKILL). */
  public final synchronized void kill() {
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
      forget();
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(pidFile(dir));
      Runtime.getRuntime().removeShutdownHook(stopOnExit);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (IllegalStateException exiting) {
      // The JVM is on its way out and runs the hook itself.
    }
  }

  @Override
  public final void close() {
    stop();
  }
}
