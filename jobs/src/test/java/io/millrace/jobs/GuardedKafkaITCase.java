package io.millrace.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.document.Environment;
import io.millrace.jobs.cli.MillraceCommand;
import io.millrace.jobs.letters.CommittedRecords;
import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.ServerCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** A pipeline on brokers that speak TLS only and let nobody in without a password. */
@Timeout(180)
class GuardedKafkaITCase {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PASSWORD = "s3cret-of-the-brokers";
  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: test.orders
      name: orders
      version: 1.0.0
      status: active
      schema:
        - name: orders
          logicalType: object
          properties:
            - {name: city, logicalType: string, required: true}
            - {name: at, logicalType: timestamp, physicalType: timestamp_ltz(3), required: true}
      """;
  private static final String PIPELINE =
      """
      pipeline: orders
      sources:
        orders:
          kafka:
            topic: orders
            bootstrap_servers: "${KAFKA}"
            properties:
              security.protocol: SASL_SSL
              sasl.mechanism: SCRAM-SHA-512
              sasl.jaas.config: >-
                org.apache.kafka.common.security.scram.ScramLoginModule required
                username="${KAFKA_USER}" password="${KAFKA_PASSWORD}";
              ssl.truststore.type: PEM
              ssl.truststore.location: "${KAFKA_CA}"
          contract: orders.odcs.yaml
          event_time: {field: at}
      features:
        by_city:
          entity: [city]
          source: orders
          hop: 1h
          aggregations:
            orders: {count: "*", windows: [24h]}
          online: {layout: hash}
      online_store: {redis: "${REDIS}"}
      topics: {prefix: t}
      """;

  @TempDir private static Path dir;
  private static ServerCertificate certificate;
  private static KafkaServer kafka;
  private static Path file;

  @BeforeAll
  static void start() throws IOException {
    certificate = ServerCertificate.selfSigned(dir.resolve("certificate"));
    kafka = KafkaServer.startGuarded(dir.resolve("kafka"), certificate, "millrace", PASSWORD);
    kafka.createTopic("orders", 2);
    Files.writeString(dir.resolve("orders.odcs.yaml"), CONTRACT);
    file = Files.writeString(dir.resolve("orders.yaml"), PIPELINE);
  }

  @AfterAll
  static void stop() {
    if (kafka != null) {
      kafka.close();
    }
  }

  @Test
  void shouldReadWriteAndReplayAndNotSayWithWhichPassword() throws Exception {
    try (RedisServer redis = RedisServer.start(dir.resolve("redis"));
        RedisClient features = RedisClient.create(redis.uri());
        CapturedLogs logs =
            CapturedLogs.of("org.apache.kafka", "org.apache.flink", "io.millrace")) {
      Map<String, String> environment = new HashMap<>(environment(PASSWORD, certificate));
      environment.put("REDIS", redis.uri());
      Pipeline pipeline = PipelineLoader.load(file, new Environment(environment));
      PipelineJob.prepare(pipeline);
      produce("{\"city\":\"Oslo\",\"at\":\"2013-01-01T10:00:00Z\"}", "not an order");
      JobClient job = LocalJob.start(pipeline, dir.resolve("checkpoints"), Optional.empty());
      try {
        Deadline.await(
            PATIENCE,
            "an order in Redis",
            () -> "1".equals(features.hget("millrace:orders:by_city:Oslo", "orders_24h")));
        awaitCommitted(pipeline, pipeline.topics().features("by_city"), 1);
        awaitCommitted(pipeline, pipeline.topics().deadLetters(), 1);
        assertThat(run(environment, "dead-letters", "replay", file.toString(), "--all")).isZero();
        awaitCommitted(pipeline, pipeline.topics().deadLetters(), 2);
        assertThat(run(environment, "contract", "list", file.toString())).isZero();
      } finally {
        job.cancel().get();
      }

      assertThat(logs.text()).contains("SASL_SSL").doesNotContain(PASSWORD);
      assertThat(pipeline.toString()).doesNotContain(PASSWORD);
      StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
      PipelineJob.build(env, pipeline, EnumSet.allOf(Capability.class));
      assertThat(env.getExecutionPlan()).contains("orders").doesNotContain(PASSWORD);
    }
  }

  @Test
  void shouldSayAtOnceThatThePasswordIsWrong() {
    assertRefused(
        environment("wr0ng", certificate),
        "Authentication failed",
        "check sasl.mechanism, and user and password in sasl.jaas.config");
  }

  @Test
  void shouldSayAtOnceThatNobodyWhoIsTrustedSigned() {
    assertRefused(
        environment(PASSWORD, ServerCertificate.selfSigned(dir.resolve("other"))),
        "SSL handshake failed",
        "see that ssl.truststore.location");
  }

  @Test
  void shouldNameAFileOfAuthoritiesThatIsNot() {
    Map<String, String> environment = new HashMap<>(environment(PASSWORD, certificate));
    environment.put("KAFKA_CA", dir.resolve("none.pem").toString());
    assertRefused(environment, "none.pem", "");
  }

  @Test
  void shouldNotRepeatASignInThatCannotBeRead() {
    assertRefused(
        environment("s3cret\" of=me", certificate),
        "sasl.jaas.config under properties cannot be read (not shown)",
        "expected <login module> required");
  }

  /** The job, its other brokers, and commands say what is wrong, and not with what. */
  private static void assertRefused(Map<String, String> environment, String why, String cure) {
    Pipeline pipeline = PipelineLoader.load(file, new Environment(environment));
    assertThatThrownBy(() -> PipelineJob.prepare(pipeline))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(kafka.bootstrapServers(), why, cure)
        .hasMessageNotContainingAny(PASSWORD, "wr0ng", "s3cret", "of=me");
  }

  private static Map<String, String> environment(String password, ServerCertificate authority) {
    return Map.of(
        "KAFKA",
        kafka.bootstrapServers(),
        "KAFKA_USER",
        "millrace",
        "KAFKA_PASSWORD",
        password,
        "KAFKA_CA",
        authority.certificate().toString(),
        "REDIS",
        "redis://127.0.0.1:1");
  }

  private static int run(Map<String, String> environment, String... arguments) {
    return MillraceCommand.run(new Environment(environment), arguments);
  }

  private static void produce(String... values) {
    Map<String, Object> client = new HashMap<>(kafka.clientProperties());
    client.put("bootstrap.servers", kafka.bootstrapServers());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      List.of(values)
          .forEach(value -> producer.send(new ProducerRecord<>("orders", value.getBytes(UTF_8))));
    }
  }

  private static void awaitCommitted(Pipeline pipeline, String topic, int count) {
    AtomicLong read = new AtomicLong();
    Deadline.await(
        PATIENCE,
        () -> count + " records of " + topic + ", have " + read,
        () -> {
          read.set(0);
          try (CommittedRecords records =
              new CommittedRecords(
                  pipeline.topics().bootstrapServers(), pipeline.topics().properties())) {
            records.read(topic, 0, record -> read.incrementAndGet(), soFar -> {});
          }
          return read.get() >= count;
        });
  }
}
