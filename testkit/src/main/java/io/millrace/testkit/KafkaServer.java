package io.millrace.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;

/**
 * One Kafka broker with its own KRaft controller inside this JVM, on 127.0.0.1.
 *
 * <p>Replication factors are 1, transactions work, and what was written is still there when a
 * server is started again on the same directory and port. Starts in about two seconds.
 */
public final class KafkaServer implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  private final Path dir;
  private final int port;
  private KafkaRaftServer server;

  private KafkaServer(Path dir, int port) {
    this.dir = dir.toAbsolutePath();
    this.port = port;
  }

  /** Starts a broker on a free port. */
  public static KafkaServer start(Path dir) {
    return start(dir, Ports.free());
  }

  /**
   * Starts a broker whose logs live under {@code dir}; an existing directory is continued.
   *
   * @throws IllegalStateException if the port is taken
   */
  public static KafkaServer start(Path dir, int port) {
    KafkaServer kafka = new KafkaServer(dir, port);
    kafka.start();
    return kafka;
  }

  /** Starts the broker again after {@link #stop()}, with everything it had. */
  public void start() {
    if (server != null) {
      throw new IllegalStateException("Kafka on port " + port + " runs already");
    }
    if (!Ports.isFree(port)) {
      throw new IllegalStateException(
          "port "
              + port
              + " on 127.0.0.1 is taken: stop what listens there or choose another port"
              + " for Kafka");
    }
    Properties config = config();
    format(config);
    server = new KafkaRaftServer(KafkaConfig.fromProps(config, false), Time.SYSTEM);
    server.startup();
    try (Admin admin = admin()) {
      Deadline.await(
          START_PATIENCE,
          "Kafka to answer on 127.0.0.1:" + port,
          () -> admin.describeCluster().nodes().get().size() == 1);
    }
  }

  private Properties config() {
    int controllerPort = Ports.free();
    Properties config = new Properties();
    config.put("process.roles", "broker,controller");
    config.put("node.id", "1");
    config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    config.put("controller.listener.names", "CONTROLLER");
    config.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    config.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    config.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    config.put("log.dirs", dir.resolve("log").toString());
    for (String internalTopic : List.of("offsets.topic", "transaction.state.log")) {
      config.put(internalTopic + ".replication.factor", "1");
      config.put(internalTopic + ".num.partitions", "4");
    }
    config.put("transaction.state.log.min.isr", "1");
    config.put("share.coordinator.state.topic.replication.factor", "1");
    config.put("share.coordinator.state.topic.min.isr", "1");
    config.put("group.initial.rebalance.delay.ms", "0");
    config.put("num.partitions", "2");
    // One flush thread and few handlers: the machine also runs the job under test.
    config.put("num.network.threads", "2");
    config.put("num.io.threads", "2");
    config.put("log.cleaner.dedupe.buffer.size", "16777216");
    config.put("controlled.shutdown.enable", "false");
    // Room for exactly-once sinks with long checkpoint intervals.
    config.put("transaction.max.timeout.ms", "3600000");
    return config;
  }

  private void format(Properties config) {
    try {
      Files.createDirectories(dir);
      Path file = dir.resolve("server.properties");
      try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
        config.store(writer, null);
      }
      // The id is kept: a directory formatted with another id is refused by the broker.
      Path idFile = dir.resolve("cluster.id");
      if (!Files.exists(idFile)) {
        Files.writeString(idFile, Uuid.randomUuid().toString());
      }
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      int exitCode =
          StorageTool.execute(
              new String[] {
                "format",
                "--cluster-id",
                Files.readString(idFile).strip(),
                "--config",
                file.toString(),
                "--ignore-formatted"
              },
              new PrintStream(output, true, StandardCharsets.UTF_8));
      if (exitCode != 0) {
        throw new IllegalStateException(
            "Kafka's storage in " + dir + " could not be formatted: " + output);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** A client for whatever this class does not offer; the caller closes it. */
  public Admin admin() {
    return Admin.create(
        Map.<String, Object>of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers(),
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
            "200"));
  }

  public void createTopic(String name, int partitions) {
    createTopic(name, partitions, Map.of());
  }

  /** Creates a topic; one that is there already is left as it is. */
  public void createTopic(String name, int partitions, Map<String, String> config) {
    try (Admin admin = admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(name, Optional.of(partitions), Optional.of((short) 1))
                      .configs(config)))
          .all()
          .get();
    } catch (ExecutionException failure) {
      if (!(failure.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException("topic " + name + " could not be created", failure);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while creating topic " + name, interrupted);
    }
  }

  /** Stops the broker; its directory stays. Does nothing when it is stopped already. */
  public void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
