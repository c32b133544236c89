package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Redis server in a process of its own, on 127.0.0.1.
 *
 * <p>With append-only persistence, writes that were acknowledged survive {@link #kill()}: Redis
 * hands them to the operating system before it answers.
 */
public final class RedisServer extends ServerProcess {

  private final int port;
  private final List<String> options;

  private RedisServer(Path dir, int port, List<String> options) {
    super("Redis", dir, List.of(port));
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

  @Override
  List<String> command() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(RedisBinary.executable(dir()).toString());
    command.addAll(options);
    return command;
  }

  @Override
  Map<String, String> environment() {
    return Map.of();
  }

  @Override
  boolean answers() {
    return answers(port);
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
}
