package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {

  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";

  @Test
  void shouldShowWhatTheShippedPipelineWouldRun() {
    CommandRun run = CommandRun.of("plan", FLIGHTS);

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("Pipeline flights\n")
        .contains("Kafka topic flights at localhost:9092, json, group millrace-flights-flights")
        .contains("Postgres table public.planes at localhost:5432/nyc, slot millrace_planes")
        .contains(
            "    delay_p95_24h   DOUBLE           quantile(dep_delay_minutes, q 0.95) over 24h")
        .contains("    carriers_7d         ARRAY<STRING>    top_k(carrier, k 3) over 7d")
        .contains("  Redis key      millrace:flights:route_delay:{origin}:{dest}\n")
        .contains("  Redis key      Feast entity key of (carrier) in project millrace\n")
        .contains("  millrace.flights.features.carrier_delay       vectors of carrier_delay")
        .contains("    read by     carrier_delay, route_delay, flights_drift\n")
        .containsPattern("  source-flights-read +flights: flights\n")
        .containsPattern("  view-carrier_delay-features +carrier_delay: features\n")
        .containsPattern("state per key  \\d+ B with one row, .* in each of 1,440 tiles");
  }

  @Test
  void shouldShowFeaturesOnDemand() throws IOException {
    String plan = CommandRun.of("plan", FLIGHTS).out();
    JsonNode json = new ObjectMapper().readTree(CommandRun.of("plan", "--json", FLIGHTS).out());

    assertThat(plan)
        .contains("On demand departure_risk\n  entity   carrier, origin, dest\n")
        .contains("  request  scheduled_minutes INT\n  views    carrier_delay, route_delay\n")
        .containsPattern(
            "    delay_of_trip +DOUBLE +carrier_delay.delay_mean_24h / NULLIF\\(scheduled_minutes, 0\\)")
        .containsPattern("    new_route +BOOLEAN +route_delay IS NULL");
    assertThat(json.at("/onDemand/0/features/2/name").asText()).isEqualTo("new_route");
    assertThat(json.at("/onDemand/0/request/0/type").asText()).isEqualTo("INT");
  }

  @Test
  void shouldShowWhatAnEmbeddingWouldRun() {
    CommandRun run = CommandRun.of("plan", "../conf/pipelines/planes.yaml");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("    read by     plane_vectors\n")
        .contains("  collection  planes of Qdrant at http://localhost:6334\n")
        .containsPattern("    seats +BIGINT, indexed\n")
        .containsPattern("  millrace.planes.links +which row is which point")
        .containsPattern("  millrace.planes.duplicates +which rows may be the same thing")
        .contains("duplicates  from 0.9 on, for review from 0.5 on, marked in their points\n")
        .contains("  near      the nearest 10 of similarity 0.8 or more\n")
        .contains("manufacturer by jaro_winkler, 6.0 to -3.0 bits; model by exact")
        .containsPattern("  embedding-plane_vectors-qdrant +plane_vectors: Qdrant\n");
  }

  @Test
  void shouldPrintThePlanAsJson() throws IOException {
    JsonNode plan = new ObjectMapper().readTree(CommandRun.of("plan", "--json", FLIGHTS).out());

    assertThat(plan.path("pipeline").asText()).isEqualTo("flights");
    assertThat(plan.path("sources")).hasSize(2);
    assertThat(plan.at("/views/0/features/0/name").asText()).isEqualTo("departures_1h");
    assertThat(plan.at("/views/0/statePerKey/tiles").asLong()).isEqualTo(1440);
    assertThat(plan.at("/drift/0/columns/1/statistics"))
        .extracting(JsonNode::asText)
        .containsExactly("psi", "chi2");
    assertThat(plan.at("/operators").findValuesAsText("uid")).contains("view-plane_profile-redis");
  }

  @Test
  void shouldShowNoSecret() {
    CommandRun run =
        CommandRun.with(
            Map.of("PG_PASSWORD", "geheim", "REDIS", "redis://me:geheim@host:6379"),
            "plan",
            FLIGHTS);

    assertThat(run.out()).contains("redis://***@host:6379").doesNotContain("geheim");
  }

  @Test
  void shouldPlanAFileThatHasOnlySources(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("p.yaml");
    Files.writeString(
        file,
        """
        pipeline: p
        sources:
          flights:
            kafka: {topic: flights, bootstrap_servers: "localhost:9092"}
            contract: %s
        """
            .formatted(Path.of("../schemas/contracts/flights.odcs.yaml").toRealPath()));

    CommandRun run = CommandRun.of("plan", file.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("read by     nothing, so it is not opened");
  }

  @Test
  void shouldPrintProblemsInsteadOfAPlan() {
    CommandRun run =
        CommandRun.of("plan", "src/test/resources/io/millrace/jobs/cli/ten-mistakes.yaml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(10);
  }
}
