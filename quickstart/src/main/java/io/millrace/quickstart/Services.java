package io.millrace.quickstart;

import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.PostgresServer;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Kafka in this JVM, Postgres and Redis beside it, all of them empty, with their files in one
 * folder that only one quickstart may use at a time.
 */
final class Services implements AutoCloseable {

  private final RandomAccessFile lockFile;
  private KafkaServer kafka;
  private PostgresServer postgres;
  private RedisServer redis;

  private Services(RandomAccessFile lockFile) {
    this.lockFile = lockFile;
  }

  /** Starts all three at once. */
  static Services start(Path dir, ServicePorts ports, Screen screen) {
    Services services = new Services(lock(dir));
    Runtime.getRuntime().addShutdownHook(new Thread(services::close, "stop services"));
    Path data = dir.resolve("data");
    clean(data);
    ports.requireFree();
    try {
      CompletableFuture<Void> kafka =
          CompletableFuture.runAsync(
              () -> services.kafka = KafkaServer.start(data.resolve("kafka"), ports.kafka()));
      CompletableFuture<Void> postgres =
          CompletableFuture.runAsync(
              () ->
                  services.postgres =
                      PostgresServer.start(data.resolve("postgres"), ports.postgres()));
      services.redis = RedisServer.start(data.resolve("redis"), ports.redis(), false);
      screen.done("Redis", services.redis.uri());
      kafka.join();
      screen.done("Kafka", services.kafka.bootstrapServers());
      postgres.join();
      screen.done("Postgres", services.postgres.jdbcUrl().substring("jdbc:".length()));
      return services;
    } catch (CompletionException failure) {
      services.close();
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  private static RandomAccessFile lock(Path dir) {
    try {
      Files.createDirectories(dir);
      RandomAccessFile file = new RandomAccessFile(dir.resolve("lock").toFile(), "rw");
      FileLock lock = file.getChannel().tryLock();
      if (lock == null) {
        String owner = file.readLine();
        file.close();
        throw new IllegalStateException(
            "another quickstart uses "
                + dir
                + (owner == null ? "" : " (pid " + owner + ")")
                + ": stop it first with Ctrl-C");
      }
      file.setLength(0);
      file.writeBytes(ProcessHandle.current().pid() + "\n");
      return file;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Ends what a quickstart that was killed has left behind, and deletes its files. */
  private static void clean(Path data) {
    try {
      endRedis(data.resolve("redis/redis-server"));
      Path postmaster = data.resolve("postgres/data/postmaster.pid");
      if (Files.exists(postmaster)) {
        long pid = Long.parseLong(Files.readAllLines(postmaster).get(0).strip());
        ProcessHandle.of(pid)
            .filter(
                process ->
                    process.info().command().filter(c -> c.endsWith("/postgres")).isPresent())
            .ifPresent(Services::end);
      }
      if (Files.exists(data)) {
        try (Stream<Path> files = Files.walk(data)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(data + " could not be emptied", failure);
    }
  }

  private static void endRedis(Path executable) throws IOException {
    if (Files.exists(executable)) {
      String ours = executable.toRealPath().toString();
      ProcessHandle.allProcesses()
          .filter(process -> process.info().command().filter(ours::equals).isPresent())
          .forEach(Services::end);
    }
  }

  private static void end(ProcessHandle process) {
    process.destroyForcibly();
    Deadline.await(
        Duration.ofSeconds(20), "process " + process.pid() + " to end", () -> !process.isAlive());
  }

  KafkaServer kafka() {
    return kafka;
  }

  PostgresServer postgres() {
    return postgres;
  }

  RedisServer redis() {
    return redis;
  }

  @Override
  public synchronized void close() {
    if (redis != null) {
      redis.close();
    }
    if (postgres != null) {
      postgres.close();
    }
    if (kafka != null) {
      kafka.close();
    }
    try {
      lockFile.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
