package io.millrace.sql.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.records.ConsistencyRound;
import io.millrace.records.ConsistencyRoundJson;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterJson;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.QualityResult;
import io.millrace.records.QualityResultJson;
import io.millrace.sql.Results;
import io.millrace.testkit.KafkaServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of real topics, as they are with and without personal data. */
class CatalogTopicsITCase {

  private static final String ADA = "ada.lovelace@example.org";

  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: shop.orders
      name: orders
      version: 1.0.0
      status: active
      schema:
        - name: orders
          logicalType: object
          properties:
            - {name: order_id, logicalType: integer, required: true, primaryKey: true}
            - {name: email, logicalType: string, required: true, classification: pii, description: Who ordered.}
            - {name: birth_year, logicalType: integer, classification: pii}
            - name: amount
              logicalType: number
              quality: [{name: amount_known, metric: nullValues, mustBe: 0}]
            - name: ordered_at
              logicalType: timestamp
              physicalType: timestamp_ltz(6)
              required: true
      """;

  @TempDir private static Path dir;

  private static KafkaServer kafka;

  @BeforeAll
  static void start() throws Exception {
    kafka = KafkaServer.start(dir.resolve("kafka"));
    Path folder = Files.createDirectories(dir.resolve("pipelines"));
    Files.writeString(folder.resolve("orders.odcs"), CONTRACT);
    Files.writeString(
        folder.resolve("shop.yaml"),
        """
        pipeline: shop
        sources:
          orders:
            kafka: {topic: orders, bootstrap_servers: "%1$s", format: json}
            contract: orders.odcs
            event_time: {field: ordered_at, out_of_orderness: 1m}
        features:
          customers:
            entity: [email]
            source: orders
            aggregations:
              spent: {sum: amount}
              born: {last: birth_year}
            online: {layout: hash}
        online_store: {redis: "redis://127.0.0.1:1"}
        topics: {bootstrap_servers: "%1$s", prefix: millrace.shop}
        """
            .formatted(kafka.bootstrapServers()));
    for (String topic :
        List.of(
            "orders",
            "millrace.shop.dead-letters",
            "millrace.shop.quality",
            "millrace.shop.consistency",
            "millrace.shop.features.customers")) {
      kafka.createTopic(topic, 1);
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      send(producer, "orders", null, order(1, ADA, 1815, 12.5, "2026-01-01T10:00:00.123456Z"));
      send(producer, "orders", null, "{\"order_id\": \"not a number\"}");
      send(producer, "orders", null, "no JSON at all");
      producer.send(new ProducerRecord<>("orders", null));
      send(producer, "orders", null, order(2, ADA, 1815, 7.5, "2026-01-01T10:05:00Z"));
      send(producer, "orders", null, order(3, "bob@example.org", 1990, 1, "2026-01-01T10:06:00Z"));
      send(
          producer,
          "millrace.shop.dead-letters",
          null,
          new String(DeadLetterJson.encode(letter().ofPipeline("shop")), UTF_8));
      send(
          producer,
          "millrace.shop.dead-letters",
          null,
          new String(DeadLetterJson.encode(letter().ofPipeline("another")), UTF_8));
      producer.send(
          new ProducerRecord<>("millrace.shop.quality", QualityResultJson.encode(quality())));
      for (String of : List.of("another", "shop")) {
        producer.send(
            new ProducerRecord<>(
                "millrace.shop.consistency",
                ConsistencyRoundJson.encode(
                    new ConsistencyRound(
                        of, "customers", 0, 1_500, 9, 7, 6, 1, 0, 2, 0, 14, List.of(), ""))));
      }
      send(producer, "millrace.shop.features.customers", ADA, 12.5, 1);
      send(producer, "millrace.shop.features.customers", ADA, 20, 2);
      send(producer, "millrace.shop.features.customers", "bob@example.org", 1, 1);
      send(producer, "millrace.shop.features.customers", "gone@example.org", 9, 1);
      producer.send(
          new ProducerRecord<>(
              "millrace.shop.features.customers",
              "{\"email\":\"gone@example.org\"}".getBytes(UTF_8),
              null));
    }
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  private static String order(int id, String email, int born, double amount, String at) {
    return "{\"order_id\":%d,\"email\":\"%s\",\"birth_year\":%d,\"amount\":%s,\"ordered_at\":\"%s\"}"
        .formatted(id, email, born, amount, at);
  }

  private static DeadLetter letter() {
    return new DeadLetter(
        "orders",
        DeadLetterReason.WRONG_TYPE,
        "order_id",
        "found a text",
        "orders",
        "1.0.0",
        1_767_261_600_000L,
        DeadLetter.Coordinates.kafka("orders", 0, 1, null),
        DeadLetter.Raw.of(("{\"email\":\"" + ADA + "\"}").getBytes(UTF_8)));
  }

  private static QualityResult quality() {
    return new QualityResult(
        "orders", "email.null", "email", "no nulls", "= 0 rows", 0L, 60_000L, 4, 1, false);
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, String key, String value) {
    producer.send(
        new ProducerRecord<>(
            topic, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8)));
  }

  /** As the feature topic writes it. */
  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      String topic,
      String email,
      double spent,
      int revision) {
    send(
        producer,
        topic,
        "{\"email\":\"" + email + "\"}",
        "{\"view\":\"customers\",\"entity\":{\"email\":\"%s\"},\"features\":{\"spent\":%s,\"born\":1815},\"event_time\":\"2026-01-01T10:00:00Z\",\"revision\":%d}"
            .formatted(email, spent, revision));
  }

  private static TableEnvironment open(boolean batch, String pii) {
    Configuration configuration = new Configuration();
    configuration.setString("restart-strategy.type", "none");
    configuration.setString("parallelism.default", "1");
    EnvironmentSettings.Builder settings =
        EnvironmentSettings.newInstance().withConfiguration(configuration);
    TableEnvironment sql =
        TableEnvironment.create(
            batch ? settings.inBatchMode().build() : settings.inStreamingMode().build());
    sql.getConfig().set("table.local-time-zone", "UTC");
    sql.executeSql(
        "CREATE CATALOG millrace WITH ('type' = 'millrace', 'default-database' = 'shop',"
            + " 'pipelines' = '%s', 'pii' = '%s')".formatted(dir.resolve("pipelines"), pii));
    sql.useCatalog("millrace");
    return sql;
  }

  @Test
  void shouldShowTheRowsThatAJobWouldTakeInAndMaskPersonalData() throws Exception {
    TableEnvironment sql = open(true, "mask");
    assertThat(
            Results.of(
                sql,
                "SELECT order_id, email, birth_year, amount, ordered_at, _offset FROM orders"
                    + " ORDER BY order_id"))
        .containsExactly(
            "+I[1, xxx.xxxxxxxx@xxxxxxx.xxx, null, 12.5, 2026-01-01T10:00:00.123Z, 0]",
            "+I[2, xxx.xxxxxxxx@xxxxxxx.xxx, null, 7.5, 2026-01-01T10:05:00Z, 4]",
            "+I[3, xxx@xxxxxxx.xxx, null, 1.0, 2026-01-01T10:06:00Z, 5]");
  }

  @Test
  void shouldShowPersonalDataToWhoeverAsksForThemInTheCatalogsOptions() throws Exception {
    TableEnvironment sql = open(true, "reveal");
    assertThat(Results.of(sql, "SELECT email, birth_year FROM orders WHERE order_id = 1"))
        .containsExactly("+I[ada.lovelace@example.org, 1815]");
    assertThat(Results.of(sql, "SELECT raw_text FROM dead_letters").get(0)).contains(ADA);
  }

  @Test
  void shouldHideTheBytesOfDeadLettersOfSourcesWithPersonalData() throws Exception {
    TableEnvironment sql = open(true, "mask");
    assertThat(
            Results.of(
                sql,
                "SELECT source, reason, field, `time`, topic, `offset`, raw_size, raw_text,"
                    + " raw_base64 FROM dead_letters"))
        .containsExactly(
            "+I[orders, WRONG_TYPE, order_id, 2026-01-01T10:00:00Z, orders, 1, 36, null, null]");
  }

  @Test
  void shouldReadQualityResults() throws Exception {
    TableEnvironment sql = open(true, "mask");
    assertThat(
            Results.of(
                sql,
                "SELECT source, rule, window_end, checked, failed, pass_rate, passed FROM quality"))
        .containsExactly("+I[orders, email.null, 1970-01-01T00:01:00Z, 4, 1, 0.75, false]");
  }

  @Test
  void shouldReadRoundsOfConsistencyOfItsOwnPipeline() throws Exception {
    TableEnvironment sql = open(true, "mask");
    assertThat(
            Results.of(
                sql,
                "SELECT view, outcome, `at`, duration_seconds, entities, compared, `equal`,"
                    + " different, missing, not_yet_in_history, `values`, failure"
                    + " FROM consistency"))
        .containsExactly(
            "+I[customers, SKEWED, 1970-01-01T00:00:00Z, 1.5, 9, 7, 6, 1, 0, 2, 14, ]");
  }

  @Test
  void shouldKeepEntitiesApartWithoutTellingWhoTheyAre() throws Exception {
    TableEnvironment sql = open(false, "mask");
    String bounded = "customers /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */";
    List<String> changes = Results.of(sql, "SELECT email, spent, born FROM " + bounded);
    assertThat(changes)
        .noneMatch(row -> row.contains("ada") || row.contains("1815"))
        .anyMatch(
            row -> row.matches("\\+I\\[xxx\\.xxxxxxxx@xxxxxxx\\.xxx#[0-9a-f]{16}, 12\\.5, null]"));
    List<String> totals =
        Results.of(sql, "SELECT COUNT(*), SUM(spent), COUNT(DISTINCT email) FROM " + bounded);
    assertThat(totals.get(totals.size() - 1)).isEqualTo("+U[2, 21.0, 2]");
  }

  @Test
  void shouldGiveNoWayAroundTheMask() throws Exception {
    TableEnvironment sql = open(true, "mask");
    assertThatThrownBy(
            () -> Results.of(sql, "SELECT * FROM orders /*+ OPTIONS('format' = 'raw') */"))
        .hasStackTraceContaining("the option 'format' cannot be changed by a query");
    sql.executeSql(
        "CREATE TEMPORARY TABLE copied (line STRING) WITH ('format' = 'raw') LIKE orders"
            + " (EXCLUDING ALL INCLUDING OPTIONS)");
    assertThatThrownBy(() -> Results.of(sql, "SELECT * FROM copied"))
        .hasStackTraceContaining("millrace");
    assertThatThrownBy(() -> Results.of(sql, "SELECT * FROM customers_online"))
        .hasStackTraceContaining("customers_online");
    assertThat(Results.of(sql, "SHOW CREATE TABLE orders").get(0))
        .doesNotContain(kafka.bootstrapServers());
  }
}
