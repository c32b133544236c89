package io.millrace.sql.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.sql.Results;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.PostgresServer;
import io.millrace.testkit.ServerCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables over servers that speak TLS only and let nobody in without a password. */
@Timeout(120)
class GuardedServersITCase {

  private static final String PASSWORD = "s3cret-of-the-brokers";
  private static final String CONTRACT =
      """
      apiVersion: v3.1.0
      kind: DataContract
      id: shop.cities
      name: cities
      version: 1.0.0
      status: active
      schema:
        - name: cities
          logicalType: object
          properties:
            - {name: city, logicalType: string, required: true, primaryKey: true}
      """;
  private static final String PIPELINE =
      """
      pipeline: shop
      sources:
        visits:
          kafka:
            topic: visits
            bootstrap_servers: "${KAFKA}"
            properties:
              security.protocol: SASL_SSL
              sasl.mechanism: SCRAM-SHA-512
              sasl.jaas.config: >-
                org.apache.kafka.common.security.scram.ScramLoginModule required
                username="millrace" password="${KAFKA_PASSWORD}";
              ssl.truststore.type: PEM
              ssl.truststore.location: "${CA}"
          contract: cities.odcs
        cities:
          postgres_cdc:
            host: 127.0.0.1
            port: ${PG_PORT}
            database: nyc
            table: public.cities
            slot: cities
            username: millrace
            password: "${PG_PASSWORD}"
            properties: {database.sslmode: verify-full, database.sslrootcert: "${CA}"}
          contract: cities.odcs
      """;

  @TempDir private static Path dir;
  private static ServerCertificate certificate;
  private static KafkaServer kafka;
  private static PostgresServer postgres;

  @BeforeAll
  static void start() throws Exception {
    certificate = ServerCertificate.selfSigned(dir.resolve("certificate"));
    kafka = KafkaServer.startGuarded(dir.resolve("kafka"), certificate, "millrace", PASSWORD);
    kafka.createTopic("visits", 1);
    Map<String, Object> client = new HashMap<>(kafka.clientProperties());
    client.put("bootstrap.servers", kafka.bootstrapServers());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("visits", "{\"city\":\"Oslo\"}".getBytes(UTF_8)));
    }
    postgres = PostgresServer.startWithTls(dir.resolve("postgres"), certificate);
    postgres.execute(
        "CREATE TABLE public.cities (city text PRIMARY KEY)",
        "ALTER TABLE public.cities REPLICA IDENTITY FULL",
        "INSERT INTO public.cities VALUES ('Rome')");
    Path folder = Files.createDirectories(dir.resolve("pipelines"));
    Files.writeString(folder.resolve("cities.odcs"), CONTRACT);
    Files.writeString(folder.resolve("shop.yaml"), PIPELINE);
  }

  @AfterAll
  static void stop() {
    if (kafka != null) {
      kafka.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  @SuppressWarnings("deprecation") // The way by a descriptor knows the system's environment only.
  private static TableEnvironment open(String password, ServerCertificate authority) {
    Configuration configuration = new Configuration();
    configuration.setString("restart-strategy.type", "none");
    configuration.setString("parallelism.default", "1");
    TableEnvironment sql =
        TableEnvironment.create(
            EnvironmentSettings.newInstance()
                .withConfiguration(configuration)
                .inBatchMode()
                .build());
    sql.registerCatalog(
        "millrace",
        new MillraceCatalog(
            "millrace",
            "shop",
            dir.resolve("pipelines"),
            PiiPolicy.of(PiiPolicy.Mode.MASK),
            new Environment(
                Map.of(
                    "KAFKA", kafka.bootstrapServers(),
                    "KAFKA_PASSWORD", password,
                    "PG_PORT", Integer.toString(postgres.port()),
                    "PG_PASSWORD", postgres.password(),
                    "CA", authority.certificate().toString()))));
    sql.useCatalog("millrace");
    return sql;
  }

  @Test
  void shouldReadTopicsAndTablesAndNotSayWithWhichPassword() throws Exception {
    TableEnvironment sql = open(PASSWORD, certificate);
    assertThat(Results.of(sql, "SELECT city FROM visits")).containsExactly("+I[Oslo]");
    assertThat(Results.of(sql, "SELECT city FROM cities")).containsExactly("+I[Rome]");
    for (String table : List.of("visits", "cities")) {
      for (String question : List.of("SHOW CREATE TABLE ", "EXPLAIN SELECT city FROM ")) {
        assertThat(Results.of(sql, question + table).toString())
            .contains(table)
            .doesNotContain(PASSWORD);
      }
    }
  }

  @Test
  void shouldSayWhyATopicCannotBeReadAndNotHang() {
    assertThat(Results.failure(open("wr0ng", certificate), "SELECT city FROM visits"))
        .contains("SaslAuthenticationException")
        .doesNotContain("wr0ng");
    ServerCertificate other = ServerCertificate.selfSigned(dir.resolve("other"));
    assertThat(Results.failure(open(PASSWORD, other), "SELECT city FROM visits"))
        .contains("SslAuthenticationException")
        .doesNotContain(PASSWORD);
  }

  @Test
  void shouldRefuseADatabaseThatNobodyWhoIsTrustedSigned() {
    ServerCertificate other = ServerCertificate.selfSigned(dir.resolve("another"));
    assertThat(Results.failure(open(PASSWORD, other), "SELECT city FROM cities"))
        .contains("Postgres at 127.0.0.1:" + postgres.port(), "PKIX path", "database.sslrootcert");
  }

  @Test
  void shouldNotFollowChangesOverAConnectionThatIsNotVerified() {
    assertThat(
            Results.failure(
                open(PASSWORD, certificate),
                "SELECT city FROM cities /*+ OPTIONS('scan.slot' = 'followed') */"))
        .contains("its source asks for TLS (database.sslmode)", "without 'scan.slot'");
  }
}
