package io.millrace.quickstart;

import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.PostgresServer;
import io.millrace.testkit.QdrantBinary;
import io.millrace.testkit.QdrantServer;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.ServerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Kafka in this JVM, Postgres, Redis and, where one can be had, Qdrant beside it, all of them
 * empty, with their files in one folder that only one quickstart may use at a time.
 */
final class Services implements AutoCloseable {

  private final RandomAccessFile lockFile;
  private KafkaServer kafka;
  private PostgresServer postgres;
  private RedisServer redis;
  private QdrantServer qdrant;
  private String noQdrant = "";

  private Services(RandomAccessFile lockFile) {
    this.lockFile = lockFile;
  }

  /** Starts them at once, without Qdrant. */
  static Services start(Path dir, ServicePorts ports, Screen screen) {
    return start(dir, ports, Optional.empty(), screen);
  }

  /**
   * Starts all of them at once.
   *
   * @param qdrantPorts empty: no Qdrant
   */
  static Services start(
      Path dir, ServicePorts ports, Optional<QdrantPorts> qdrantPorts, Screen screen) {
    Services services = new Services(lock(dir));
    Runtime.getRuntime().addShutdownHook(new Thread(services::close, "stop services"));
    Path data = dir.resolve("data");
    clean(data);
    Map<String, Integer> wanted = new LinkedHashMap<>(ports.byVariable());
    qdrantPorts.ifPresent(it -> wanted.putAll(it.byVariable()));
    ServicePorts.requireFree(wanted);
    try {
      CompletableFuture<Void> qdrant =
          CompletableFuture.runAsync(
              () -> qdrantPorts.ifPresent(it -> services.startQdrant(data, it)));
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
      qdrant.join();
      services.qdrant().ifPresent(it -> screen.done("Qdrant", it.url()));
      if (!services.noQdrant.isEmpty()) {
        screen.note("  - Qdrant     left out: " + services.noQdrant);
      }
      return services;
    } catch (CompletionException failure) {
      services.close();
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  /** Where there is no server for this machine, everything else runs. */
  private void startQdrant(Path data, QdrantPorts ports) {
    try {
      QdrantBinary.executable();
    } catch (IOException none) {
      noQdrant = none.getMessage();
      return;
    }
    qdrant = QdrantServer.start(data.resolve("qdrant"), ports.http(), ports.grpc(), "");
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
      endQdrant(data.resolve("qdrant"));
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

  /** Its executable may be anybody's; a server of ours works in its folder. */
  private static void endQdrant(Path folder) throws IOException {
    Path pid = ServerProcess.pidFile(folder);
    if (Files.exists(pid)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .filter(
              process -> process.info().command().filter(c -> c.endsWith("/qdrant")).isPresent())
          .ifPresent(Services::end);
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

  /** Empty where there is no Qdrant for this machine. */
  Optional<QdrantServer> qdrant() {
    return Optional.ofNullable(qdrant);
  }

  @Override
  public synchronized void close() {
    if (qdrant != null) {
      qdrant.close();
    }
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
