package io.millrace.jobs.sources;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Source;
import io.millrace.testkit.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresPreflightITCase {

  private static final LogicalType TEXT = new VarCharType(VarCharType.MAX_LENGTH);

  @TempDir static Path dir;
  private static PostgresServer postgres;

  @BeforeAll
  static void startPostgres() {
    postgres = PostgresServer.start(dir);
    postgres.execute(
        "CREATE TABLE planes (tailnum TEXT PRIMARY KEY, seats INTEGER, seen TIMESTAMPTZ)",
        "ALTER TABLE planes REPLICA IDENTITY FULL",
        "CREATE TABLE carriers (code TEXT, name TEXT, founded INTEGER, changed TIMESTAMPTZ)",
        "CREATE VIEW large_planes AS SELECT * FROM planes WHERE seats > 300");
  }

  @AfterAll
  static void stopPostgres() {
    postgres.close();
  }

  @Test
  void shouldFindNothingWhenAllIsThere() {
    assertThat(
            problems(
                "planes",
                field("tailnum", TEXT, true),
                field("seats", new IntType()),
                field("seen", new LocalZonedTimestampType(6))))
        .isEmpty();
  }

  @Test
  void shouldTellAllThatATableLacksAtOnce() {
    assertThat(
            problems(
                "carriers",
                field("code", TEXT, true),
                field("name", new IntType()),
                field("country", TEXT),
                field("changed", new LocalZonedTimestampType(3))))
        .satisfiesExactlyInAnyOrder(
            problem ->
                assertThat(problem)
                    .contains("run ALTER TABLE public.carriers REPLICA IDENTITY FULL"),
            problem -> assertThat(problem).contains("has no primary key"),
            problem ->
                assertThat(problem)
                    .isEqualTo(
                        "source 'carriers': column 'name' of public.carriers is text, contract"
                            + " 'carriers' says INT: values of the one do not become the other;"
                            + " change the contract's type"),
            problem ->
                assertThat(problem)
                    .contains("has no column 'country'")
                    .contains("[changed, code, founded, name]"),
            problem ->
                assertThat(problem)
                    .contains("'changed'")
                    .contains("raise the contract's precision to 6"));
  }

  @Test
  void shouldNameTheTableThatWasMeant() {
    assertThat(problems("Planes", field("tailnum", TEXT, true)))
        .singleElement()
        .asString()
        .contains("there is no table public.Planes")
        .contains("did you mean public.planes?");
    assertThat(problems("large_planes", field("tailnum", TEXT, true)))
        .singleElement()
        .asString()
        .contains("is not a table");
  }

  @Test
  void shouldSayThatTheKeysDiffer() {
    assertThat(problems("planes", field("tailnum", TEXT), field("seats", new IntType(), true)))
        .singleElement()
        .asString()
        .contains("is [tailnum], that of contract 'planes' is [seats]");
  }

  @Test
  void shouldNameTheAddressWhenItCannotConnect() {
    assertThat(PostgresPreflight.problems(source("planes", postgres.port(), "wrong")))
        .singleElement()
        .asString()
        .contains("127.0.0.1:" + postgres.port() + "/nyc as 'millrace'")
        .contains("check username and password")
        .doesNotContain("wrong");
    assertThat(PostgresPreflight.problems(source("planes", 1, "millrace")))
        .singleElement()
        .asString()
        .contains("127.0.0.1:1/nyc")
        .contains("check host and port");
  }

  @Test
  void shouldHandTheDriversPropertiesOn() {
    Source encrypted =
        source("planes", Map.of("database.sslmode", new Secret("require")), postgres.port(), "x");

    assertThat(PostgresPreflight.problems(encrypted))
        .singleElement()
        .asString()
        .contains("does not support SSL");
    assertThat(
            PostgresTable.snapshotUrl(
                "jdbc:postgresql://db:5432/nyc",
                PostgresTable.driverProperties((PostgresOrigin) encrypted.origin())))
        .isEqualTo("jdbc:postgresql://db:5432/nyc?sslmode=require");
  }

  private static List<String> problems(String table, Field... fields) {
    return PostgresPreflight.problems(source(table, postgres.port(), postgres.password(), fields));
  }

  private static Source source(String table, int port, String password, Field... fields) {
    return source(table, Map.of(), port, password, fields);
  }

  private static Source source(
      String table, Map<String, Secret> properties, int port, String password, Field... fields) {
    return new Source(
        table,
        new PostgresOrigin(
            postgres.host(),
            port,
            postgres.database(),
            "public",
            table,
            "preflight",
            postgres.username(),
            new Secret(password),
            properties),
        new Contract(table, "1.0.0", "", List.of(fields)),
        new EventTime(Optional.empty(), Duration.ZERO, Optional.empty(), false));
  }

  private static Field field(String name, LogicalType type) {
    return field(name, type, false);
  }

  private static Field field(String name, LogicalType type, boolean key) {
    return new Field(name, type, key, key, Optional.empty(), "");
  }
}
