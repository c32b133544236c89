package io.millrace.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Loopback ports for servers. */
public final class Ports {

  /**
   * Below the range from which operating systems serve outgoing connections (32768 and up on Linux,
   * 49152 and up elsewhere), so that no client socket can take a port between its choice and its
   * use.
   */
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;

  private static final Set<Integer> HANDED_OUT = new HashSet<>();
  private static final Random RANDOM = new Random();

  private Ports() {}

  /** A port that nobody listens on and that this JVM did not hand out before. */
  public static synchronized int free() {
    for (int attempt = 0; attempt < 2_000; attempt++) {
      int port = LOWEST + RANDOM.nextInt(HIGHEST - LOWEST);
      if (isFree(port) && HANDED_OUT.add(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "no free port found on 127.0.0.1 between " + LOWEST + " and " + HIGHEST);
  }

  /** Whether a server could listen on {@code port} of 127.0.0.1 now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
  }
}
