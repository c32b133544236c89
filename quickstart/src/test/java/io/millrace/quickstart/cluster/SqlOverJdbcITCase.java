package io.millrace.quickstart.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.quickstart.Home;
import io.millrace.quickstart.ServicePorts;
import io.millrace.quickstart.cluster.LocalCluster.Service;
import io.millrace.quickstart.sql.SqlException;
import io.millrace.quickstart.sql.SqlScript;
import io.millrace.quickstart.sql.SqlSession;
import io.millrace.quickstart.sql.SqlStatements;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import io.millrace.testkit.Ports;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What analysts do from outside: worked queries over JDBC, and files of SQL, on a cluster of
 * several processes whose lib folder holds the catalog's jar.
 */
class SqlOverJdbcITCase {

  private static final int FLIGHTS = 3000;

  @TempDir private static Path dir;

  private static LocalCluster cluster;
  private static LocalSqlGateway gateway;
  private static List<Departure> flights;

  @BeforeAll
  static void start() throws Exception {
    Home home = Home.find();
    cluster = new LocalCluster(home, dir.resolve("cluster"), ServicePorts.anyFree(), Ports.free());
    for (Service service : List.of(Service.KAFKA, Service.JOBMANAGER, Service.TASKMANAGER_1)) {
      cluster.start(service);
    }
    gateway = LocalSqlGateway.onFreePort(home, dir.resolve("cluster"));
    gateway.up(cluster.flink(), cluster.ports().pipelineEnvironment());
    try (Stream<Departure> year = FlightData.ofThisProject().flights()) {
      flights = year.limit(FLIGHTS).toList();
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", "127.0.0.1:" + cluster.ports().kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (Departure flight : flights) {
        producer.send(
            new ProducerRecord<>(
                FlightData.TOPIC, flight.flightId().getBytes(UTF_8), flight.json()));
      }
    }
  }

  @AfterAll
  static void stop() {
    gateway.down();
    cluster.down(line -> {});
  }

  /** The driver brings Flink's classes of another release: it gets a class loader of its own. */
  private static Connection connect() throws Exception {
    try (Stream<Path> jars = Files.list(Path.of("target", "jdbc"))) {
      List<URL> urls = new ArrayList<>();
      for (Path jar : jars.toList()) {
        urls.add(jar.toUri().toURL());
      }
      ClassLoader alone =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
      Driver driver =
          (Driver)
              alone
                  .loadClass("org.apache.flink.table.jdbc.FlinkDriver")
                  .getDeclaredConstructor()
                  .newInstance();
      return driver.connect(
          "jdbc:flink://" + gateway.address() + "/millrace/flights", new Properties());
    }
  }

  private interface Rows<T> {
    T read(ResultSet rows) throws SQLException;
  }

  /** Runs a file of {@code sql/queries}; its last statement is the query. */
  private static <T> List<T> run(String file, Rows<T> reader) throws Exception {
    String text = Files.readString(Home.find().root().resolve("sql/queries").resolve(file));
    List<T> read = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      List<SqlStatements.Statement> statements = SqlStatements.of(text);
      for (SqlStatements.Statement before : statements.subList(0, statements.size() - 1)) {
        statement.execute(before.sql());
      }
      try (ResultSet rows = statement.executeQuery(statements.get(statements.size() - 1).sql())) {
        while (rows.next()) {
          read.add(reader.read(rows));
        }
      }
    }
    return read;
  }

  @Test
  void shouldRankTheLateRoutesOfTheLastHour() throws Exception {
    List<Double> delays =
        run("01-late-routes-of-the-last-hour.sql", rows -> rows.getDouble("delay_mean"));
    assertThat(delays).isNotEmpty().hasSizeLessThanOrEqualTo(10);
    assertThat(delays).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void shouldCountTheDeparturesOfEachDayAsTheDayGoesOn() throws Exception {
    Map<String, Long> most = new HashMap<>();
    run(
        "02-delays-as-the-day-goes-on.sql",
        rows ->
            most.merge(
                rows.getObject("day_start") + " " + rows.getString("origin"),
                rows.getLong("departures"),
                Math::max));
    assertThat(most.values().stream().mapToLong(it -> it).sum())
        .isEqualTo(flights.stream().filter(it -> !it.cancelled()).count());
  }

  @Test
  void shouldCountEveryDelayInItsBin() throws Exception {
    List<Long> counts = run("13-shape-of-delays.sql", rows -> rows.getLong("n"));
    assertThat(counts.stream().mapToLong(it -> it).sum())
        .isEqualTo(
            flights.stream()
                .flatMapToInt(it -> it.depDelayMinutes().stream())
                .filter(delay -> delay >= 0 && delay <= 120)
                .count());
  }

  private static String script(String text) throws IOException {
    StringWriter out = new StringWriter();
    try (SqlSession session = new SqlSession(gateway.address())) {
      SqlScript.run(
          session,
          "test.sql",
          List.of("USE CATALOG millrace", "USE flights"),
          text,
          new PrintWriter(out));
    }
    return out.toString();
  }

  @Test
  void shouldRunAFileOfStatements() throws IOException {
    assertThat(
            script(
                "SET 'execution.runtime-mode' = 'batch';\n"
                    + "SELECT COUNT(*) AS flights FROM flights;"))
        .contains(
            "sql> SELECT COUNT(*) AS flights FROM flights", "flights\n-------\n   3000\n1 row");
  }

  @Test
  void shouldEndWithTheFirstStatementThatFails() {
    assertThatThrownBy(() -> script("SHOW TABLES;\n\nSELECT * FROM nosuch;\nSHOW TABLES;"))
        .isInstanceOf(SqlException.class)
        .hasMessageContaining("test.sql:3: this statement failed: SELECT * FROM nosuch")
        .hasMessageContaining("Object 'nosuch' not found");
  }

  @Test
  void shouldSayThatATopicIsNotThereYetInsteadOfWaitingForIt() {
    assertThatThrownBy(
            () -> script("SET 'execution.runtime-mode' = 'batch'; SELECT * FROM dead_letters;"))
        .hasMessageContaining("SELECT * FROM dead_letters")
        .hasMessageContaining("its pipeline has not run");
  }
}
