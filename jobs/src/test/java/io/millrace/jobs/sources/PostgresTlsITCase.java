package io.millrace.jobs.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import io.millrace.testkit.PostgresServer;
import io.millrace.testkit.ServerCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database that lets nobody in who does not speak TLS. */
@Timeout(120)
class PostgresTlsITCase {

  @TempDir static Path dir;
  private static ServerCertificate certificate;
  private static ServerCertificate other;
  private static PostgresServer postgres;

  @BeforeAll
  static void start() {
    certificate = ServerCertificate.selfSigned(dir.resolve("certificate"));
    other = ServerCertificate.selfSigned(dir.resolve("other"));
    postgres = PostgresServer.startWithTls(dir.resolve("postgres"), certificate);
    postgres.execute(
        "CREATE TABLE planes (tailnum TEXT PRIMARY KEY)",
        "ALTER TABLE planes REPLICA IDENTITY FULL",
        "INSERT INTO planes VALUES ('N1'), ('N2')");
  }

  @AfterAll
  static void stop() {
    if (postgres != null) {
      postgres.close();
    }
  }

  @Test
  void shouldReadSnapshotAndChangesOfAServerThatIsVerified() throws Exception {
    Source planes = source("verified", verifying(certificate));
    assertThat(PostgresPreflight.problems(planes)).isEmpty();
    StreamExecutionEnvironment env = environment();
    try (CloseableIterator<String> rows = tailnums(env, planes).collectAsync()) {
      JobClient job = env.executeAsync("verified");
      assertThat(Set.of(rows.next(), rows.next())).isEqualTo(Set.of("+I N1", "+I N2"));
      postgres.execute(
          "INSERT INTO planes VALUES ('N3')", "DELETE FROM planes WHERE tailnum = 'N3'");
      assertThat(List.of(rows.next(), rows.next())).isEqualTo(List.of("+I N3", "-D N3"));
      job.cancel().get();
    }
  }

  @Test
  void shouldRefuseAServerThatNobodyWhoIsTrustedSigned() throws Exception {
    Source planes = source("refused", verifying(other));
    assertThat(PostgresPreflight.problems(planes))
        .singleElement()
        .asString()
        .contains("127.0.0.1:" + postgres.port() + "/nyc as 'millrace'")
        .contains("PKIX path")
        .contains("see that database.sslrootcert under properties holds the authority");
    assertThatThrownBy(
            () -> {
              StreamExecutionEnvironment env = environment();
              try (CloseableIterator<String> rows = tailnums(env, planes).collectAsync()) {
                env.executeAsync("refused");
                rows.next();
              }
            })
        .hasStackTraceContaining("PKIX path");
  }

  /** The pool that the snapshot is read through takes its properties from the address alone. */
  @Test
  void shouldVerifyOverTheConnectionOfTheSnapshot() {
    PostgresOrigin trusting = (PostgresOrigin) source("pool", verifying(certificate)).origin();
    PostgresOrigin doubting = (PostgresOrigin) source("pool", verifying(other)).origin();
    String plain = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/nyc";
    assertThat(connects(PostgresTable.snapshotUrl(plain, PostgresTable.driverProperties(trusting))))
        .isTrue();
    assertThat(connects(PostgresTable.snapshotUrl(plain, PostgresTable.driverProperties(doubting))))
        .isFalse();
  }

  private static boolean connects(String url) {
    try {
      java.sql.DriverManager.getConnection(url, postgres.username(), postgres.password()).close();
      return true;
    } catch (java.sql.SQLException refused) {
      return false;
    }
  }

  @Test
  void shouldSayThatTheServerWantsTlsAndThatAFileIsMissing() {
    assertThat(
            PostgresPreflight.problems(
                source("plain", Map.of("database.sslmode", new Secret("disable")))))
        .singleElement()
        .asString()
        .contains("no encryption")
        .contains("where it wants TLS, set properties: {database.sslmode: verify-full");
    assertThat(
            PostgresPreflight.problems(
                source(
                    "missing",
                    Map.of(
                        "database.sslmode",
                        new Secret("verify-full"),
                        "database.sslrootcert",
                        new Secret(dir.resolve("none.pem").toString())))))
        .singleElement()
        .asString()
        .contains("none.pem")
        .contains("see that database.sslrootcert");
  }

  private static Map<String, Secret> verifying(ServerCertificate authority) {
    return Map.of(
        "database.sslmode",
        new Secret("verify-full"),
        "database.sslrootcert",
        new Secret(authority.certificate().toString()));
  }

  private static DataStream<String> tailnums(StreamExecutionEnvironment env, Source planes) {
    return SourceStreams.open(env, planes, "source-" + planes.name())
        .rows()
        .map(new Tailnum())
        .uid("tailnums");
  }

  private static StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    env.enableCheckpointing(200);
    return env;
  }

  private static Source source(String name, Map<String, Secret> properties) {
    return new Source(
        name,
        new PostgresOrigin(
            postgres.host(),
            postgres.port(),
            postgres.database(),
            "public",
            "planes",
            name,
            postgres.username(),
            new Secret(postgres.password()),
            properties),
        new Contract(
            "planes",
            "1.0.0",
            "",
            List.of(
                new Field(
                    "tailnum",
                    new VarCharType(false, VarCharType.MAX_LENGTH),
                    true,
                    true,
                    Optional.empty(),
                    ""))),
        new EventTime(Optional.empty(), Duration.ZERO, Optional.empty(), false));
  }

  /** A row's kind and its key. */
  public static final class Tailnum implements MapFunction<RowData, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String map(RowData row) {
      return row.getRowKind().shortString() + " " + row.getString(0);
    }
  }
}
