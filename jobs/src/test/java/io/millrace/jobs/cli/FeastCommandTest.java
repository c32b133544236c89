package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeastCommandTest {

  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";

  @TempDir Path folder;

  @Test
  void shouldDefineTheViewsInFeastsLayoutAndNoOthers() throws IOException {
    CommandRun run = CommandRun.of("feast", "export", FLIGHTS, "--out", folder.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("carrier_delay").doesNotContain("route_delay");
    assertThat(folder.resolve("definitions.py"))
        .content()
        .contains(
            "entity_carrier = Entity(name=\"carrier\", join_keys=[\"carrier\"], value_type=ValueType.STRING)")
        .contains(
            "view_carrier_delay = FeatureView(\n    name=\"carrier_delay\",\n    entities=[entity_carrier],\n    ttl=timedelta(seconds=604800),")
        .contains("        Field(name=\"departures_1h\", dtype=Int64),\n")
        .contains("        Field(name=\"delay_p95_24h\", dtype=Float64),\n")
        .contains("        Field(name=\"last_dest\", dtype=String),\n")
        .doesNotContain("route_delay");
    assertThat(folder.resolve("feature_store.yaml"))
        .content()
        .contains("project: \"millrace\"\n")
        .contains("redis_type: redis\n")
        .contains("connection_string: \"localhost:6379\"\n");
  }

  @Test
  void shouldNameTheVariablesOfSecretsAndNotTheSecrets() throws IOException {
    CommandRun run =
        CommandRun.with(
            Map.of("REDIS", "rediss://reader:hush@features.example:6380/2"),
            "feast",
            "export",
            FLIGHTS,
            "--out",
            folder.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(Files.readString(folder.resolve("feature_store.yaml")))
        .contains(
            "connection_string: \"features.example:6380,ssl=true,db=2,username=${MILLRACE_REDIS_USER},password=${MILLRACE_REDIS_PASSWORD}\"")
        .doesNotContain("hush")
        .doesNotContain("reader");
  }

  @Test
  void shouldSayWhatToChangeWhenNothingIsInFeastsLayout() {
    CommandRun run =
        CommandRun.of(
            "feast", "export", "../conf/pipelines/planes.yaml", "--out", folder.toString());

    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.err()).contains("pipeline planes").contains("online: {layout: feast}");
  }
}
