package io.millrace.quickstart.cluster;

import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.PostgresServer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** The process of one service: {@code kafka|postgres DIR PORT}; ends in good order on SIGTERM. */
final class ServiceMain {

  private ServiceMain() {}

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 3) {
      System.err.println("usage: kafka|postgres DIR PORT");
      System.exit(64);
    }
    Path dir = Path.of(args[1]);
    int port = Integer.parseInt(args[2]);
    Runnable stop =
        switch (args[0]) {
          case "kafka" -> KafkaServer.start(dir, port)::close;
          case "postgres" -> PostgresServer.start(dir, port)::close;
          default -> throw new IllegalArgumentException("no service " + args[0]);
        };
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop " + args[0]));
    new CountDownLatch(1).await();
  }
}
