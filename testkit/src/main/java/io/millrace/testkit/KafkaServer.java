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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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

  private static final String MECHANISM = "SCRAM-SHA-512";
  private static final String LOGIN_MODULE =
      "org.apache.kafka.common.security.scram.ScramLoginModule required";

  private final Path dir;
  private final int port;
  private final Optional<Guarded> guarded;
  private KafkaRaftServer server;

  /** Clients speak TLS and sign in. */
  private record Guarded(ServerCertificate certificate, String user, String password) {}

  private KafkaServer(Path dir, int port, Optional<Guarded> guarded) {
    this.dir = dir.toAbsolutePath();
    this.port = port;
    this.guarded = guarded;
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
    return started(new KafkaServer(dir, port, Optional.empty()));
  }

  /**
   * Starts a broker on a free port that speaks TLS only, and only with a user who signs in (SASL,
   * {@value #MECHANISM}).
   */
  public static KafkaServer startGuarded(
      Path dir, ServerCertificate certificate, String user, String password) {
    return started(
        new KafkaServer(dir, Ports.free(), Optional.of(new Guarded(certificate, user, password))));
  }

  private static KafkaServer started(KafkaServer kafka) {
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
    guarded.ifPresent(it -> guard(it, config));
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

  /** Clients come to another listener than the broker itself. */
  private void guard(Guarded by, Properties config) {
    String itself = "127.0.0.1:" + Ports.free();
    config.put(
        "listeners",
        config
            .getProperty("listeners")
            .replace("PLAINTEXT://", "INTERNAL://" + itself + ",CLIENTS://"));
    config.put("advertised.listeners", "INTERNAL://" + itself + ",CLIENTS://" + bootstrapServers());
    config.put("inter.broker.listener.name", "INTERNAL");
    config.put(
        "listener.security.protocol.map",
        "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL");
    config.put("sasl.enabled.mechanisms", MECHANISM);
    config.put(
        "listener.name.clients." + MECHANISM.toLowerCase(Locale.ROOT) + ".sasl.jaas.config",
        LOGIN_MODULE + ";");
    config.put("listener.name.clients.ssl.keystore.type", "PEM");
    try {
      config.put(
          "listener.name.clients.ssl.keystore.certificate.chain",
          Files.readString(by.certificate.certificate()));
      config.put("listener.name.clients.ssl.keystore.key", Files.readString(by.certificate.key()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * What a client sets, beside the brokers' address, to be let in; empty where everybody is. With
   * the password: not for printing.
   */
  public Map<String, String> clientProperties() {
    return guarded
        .map(
            it ->
                Map.of(
                    "security.protocol",
                    "SASL_SSL",
                    "sasl.mechanism",
                    MECHANISM,
                    "sasl.jaas.config",
                    "%s username=\"%s\" password=\"%s\";"
                        .formatted(LOGIN_MODULE, it.user, it.password),
                    "ssl.truststore.type",
                    "PEM",
                    "ssl.truststore.location",
                    it.certificate.certificate().toString()))
        .orElse(Map.of());
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
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "format",
                  "--cluster-id",
                  Files.readString(idFile).strip(),
                  "--config",
                  file.toString(),
                  "--ignore-formatted"));
      guarded.ifPresent(
          it ->
              arguments.addAll(
                  List.of(
                      "--add-scram",
                      "%s=[name=%s,password=%s]".formatted(MECHANISM, it.user, it.password))));
      int exitCode =
          StorageTool.execute(
              arguments.toArray(String[]::new),
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
    Map<String, Object> client = new HashMap<>(clientProperties());
    client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    client.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200");
    return Admin.create(client);
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
