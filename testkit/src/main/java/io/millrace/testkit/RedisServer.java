package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Redis server in a process of its own, on 127.0.0.1.
 *
 * <p>With append-only persistence, writes that were acknowledged survive {@link #kill()}: Redis
 * hands them to the operating system before it answers.
 */
public final class RedisServer implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Path dir;
  private final int port;
  private final List<String> options;
  private final Thread stopOnExit = new Thread(this::kill, "stop redis-server");
  private Process process;

  private RedisServer(Path dir, int port, List<String> options) {
    this.dir = dir.toAbsolutePath();
    this.port = port;
    this.options = options;
  }

  /** Starts an in-memory server on a free port. */
  public static RedisServer start(Path dir) {
    return start(dir, Ports.free(), false);
  }

  /**
   * Starts a server that keeps its files in {@code dir}; an existing directory is continued.
   *
   * @param appendOnly whether the data outlives the process
   * @param options further arguments of redis-server, for example {@code "--requirepass", "secret"}
   *     or {@code "--cluster-enabled", "yes"}
   * @throws IllegalStateException if the port is taken or the server does not come up
   */
  public static RedisServer start(Path dir, int port, boolean appendOnly, String... options) {
    RedisServer redis = new RedisServer(dir, port, command(port, appendOnly, options));
    redis.start();
    return redis;
  }

  /**
   * The arguments of a server bound to 127.0.0.1, without the executable.
   *
   * @param options as in {@link #start(Path, int, boolean, String...)}
   */
  public static List<String> command(int port, boolean appendOnly, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--save",
                "",
                "--appendonly",
                appendOnly ? "yes" : "no",
                "--daemonize",
                "no"));
    command.addAll(List.of(options));
    return List.copyOf(command);
  }

  /** Starts the server again after {@link #stop()} or {@link #kill()}, on the same files. */
  public synchronized void start() {
    if (isRunning()) {
      throw new IllegalStateException("Redis on port " + port + " runs already");
    }
    if (!Ports.isFree(port)) {
      throw new IllegalStateException(
          "port "
              + port
              + " on 127.0.0.1 is taken: stop what listens there or choose another port"
              + " for Redis");
    }
    try {
      Files.createDirectories(dir);
      List<String> command = new ArrayList<>();
      command.add(RedisBinary.executable(dir).toString());
      command.addAll(options);
      Path log = dir.resolve("redis.log");
      process =
          new ProcessBuilder(command)
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      Runtime.getRuntime().addShutdownHook(stopOnExit);
      Deadline.await(
          START_PATIENCE,
          () -> "Redis to answer on 127.0.0.1:" + port + "; its log is " + log,
          () -> {
            if (!process.isAlive()) {
              throw new IllegalStateException(
                  "redis-server ended with exit code " + process.exitValue());
            }
            return answers(port);
          });
    } catch (IOException failure) {
      throw new UncheckedIOException("redis-server could not be started in " + dir, failure);
    }
  }

  /**
   * Whether a Redis that has loaded its data listens on a local port; one that asks for a password
   * counts.
   */
  public static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(Ports.loopback(), port), 500);
      socket.setSoTimeout(500);
      OutputStream out = socket.getOutputStream();
      out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      String reply = new String(in.readNBytes(5), StandardCharsets.US_ASCII);
      return reply.equals("+PONG") || reply.equals("-NOAU");
    } catch (IOException notYet) {
      return false;
    }
  }

  /** {@code redis://127.0.0.1:<port>}. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  public int port() {
    return port;
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
