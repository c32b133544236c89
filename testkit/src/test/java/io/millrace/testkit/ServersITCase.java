package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersITCase {

  @Test
  void shouldKeepCommittedRecordsWhenKafkaIsRestarted(@TempDir Path dir) {
    try (KafkaServer kafka = KafkaServer.start(dir)) {
      kafka.createTopic("rides", 2, Map.of("cleanup.policy", "compact"));
      kafka.createTopic("rides", 2);
      produceInTransaction(kafka, "first");
      kafka.stop();
      kafka.start();
      produceInTransaction(kafka, "second");
      assertThat(readCommitted(kafka, 2)).containsExactlyInAnyOrder("first", "second");
      int port = kafka.port();
      assertThatThrownBy(() -> KafkaServer.start(dir.resolve("other"), port))
          .hasMessageContaining("port " + port)
          .hasMessageContaining("taken");
    }
  }

  private static void produceInTransaction(KafkaServer kafka, String value) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "rides-writer"),
            new StringSerializer(),
            new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("rides", value, value));
      producer.commitTransaction();
    }
  }

  private static List<String> readCommitted(KafkaServer kafka, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "group.id", "readers",
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of("rides"));
      Deadline.await(
          Duration.ofSeconds(30),
          count + " records",
          () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            return values.size() >= count;
          });
    }
    return values;
  }

  @Test
  void shouldKeepRowsWhenPostgresIsRestarted(@TempDir Path dir) throws Exception {
    try (PostgresServer postgres = PostgresServer.start(dir)) {
      postgres.execute(
          "CREATE TABLE planes (tailnum TEXT PRIMARY KEY)", "INSERT INTO planes VALUES ('N14228')");
      postgres.stop();
      postgres.start();
      try (Connection connection = postgres.connect();
          Statement statement = connection.createStatement();
          ResultSet planes =
              statement.executeQuery("SELECT tailnum, current_setting('wal_level') FROM planes")) {
        assertThat(planes.next()).isTrue();
        assertThat(planes.getString(1)).isEqualTo("N14228");
        assertThat(planes.getString(2)).isEqualTo("logical");
      }
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(
                      postgres.jdbcUrl(), postgres.username(), "not the password"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void shouldKeepAcknowledgedWritesWhenRedisIsKilled(@TempDir Path dir) throws Exception {
    try (RedisServer redis = RedisServer.start(dir, Ports.free(), true)) {
      assertThat(ask(redis, "SET carrier UA")).isEqualTo("+OK\r\n");
      redis.kill();
      assertThat(redis.isRunning()).isFalse();
      redis.start();
      assertThat(ask(redis, "GET carrier")).isEqualTo("$2\r\nUA\r\n");
    }
  }

  private static String ask(RedisServer redis, String command) throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", redis.port()), 1_000);
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      byte[] reply = new byte[64];
      int length = socket.getInputStream().read(reply);
      return new String(reply, 0, length, StandardCharsets.UTF_8);
    }
  }

  @Test
  void shouldAskForTheKeyAndKeepCollectionsWhenQdrantIsKilled(@TempDir Path dir) throws Exception {
    try (QdrantServer qdrant = QdrantServer.start(dir, Ports.free(), Ports.free(), "s3cret")) {
      assertThat(qdrantStatus(qdrant, "PUT", "")).isEqualTo(401);
      assertThat(qdrantStatus(qdrant, "PUT", "s3cret")).isEqualTo(200);
      qdrant.kill();
      assertThat(qdrant.isRunning()).isFalse();
      qdrant.start();
      assertThat(qdrantStatus(qdrant, "GET", "s3cret")).isEqualTo(200);
    }
  }

  private static int qdrantStatus(QdrantServer qdrant, String method, String apiKey)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + qdrant.httpPort() + "/collections/rides"))
                .header("api-key", apiKey)
                .header("content-type", "application/json")
                .method(
                    method,
                    HttpRequest.BodyPublishers.ofString(
                        "{\"vectors\": {\"size\": 4, \"distance\": \"Cosine\"}}"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
