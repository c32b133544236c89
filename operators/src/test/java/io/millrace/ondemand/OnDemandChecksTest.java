package io.millrace.ondemand;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnDemandChecksTest {
  private static final String HEAD =
      """
      pipeline: test
      sources:
        flights:
          kafka: {topic: flights, bootstrap_servers: "localhost:9092"}
          contract: schemas/contracts/flights.odcs.yaml
        planes:
          postgres_cdc: {host: localhost, database: nyc, table: planes, slot: s}
          contract: schemas/contracts/planes.odcs.yaml
      features:
        carrier_delay:
          entity: [carrier]
          source: flights
          hop: 1m
          aggregations:
            delay_mean: {avg: dep_delay_minutes, windows: [24h]}
            carriers:   {top_k: dest, k: 3, windows: [24h]}
        distance:
          entity: [distance_miles]
          source: flights
          aggregations:
            flights: {count: "*"}
        plane_profile:
          entity: [tailnum]
          source: planes
          latest: [manufacturer, "year"]
      on_demand:
      """;

  private static PipelineFile file(String groups) {
    return PipelineFile.parse(
        Path.of("../conf/pipelines/x.yaml"), HEAD + groups.indent(2), new Environment(Map.of()));
  }

  private static List<String> problems(String groups) {
    PipelineFile file = file(groups);
    assertThat(file.problems()).isEmpty();
    return OnDemandChecks.problems(file).stream().map(Problem::toString).toList();
  }

  @Test
  void shouldFindNothingWrongWithAGroupOverSeveralViews() {
    String group =
        """
        risk:
          request: {scheduled_delay: INT, tailnum: STRING}
          features:
            ratio:  "scheduled_delay / NULLIF(carrier_delay.delay_mean_24h, 0)"
            favourite: "carrier_delay.carriers_24h[1]"
            old:    "plane_profile.`year` < 1990 OR plane_profile IS NULL"
            tail:   "SUBSTRING(tailnum, 1, 1)"
        """;
    Pipeline pipeline = file(group).pipeline();
    CompiledGroup compiled =
        CompiledGroup.of(pipeline, pipeline.onDemandGroup("risk").orElseThrow());

    assertThat(problems(group)).isEmpty();
    assertThat(compiled.values().asSummaryString())
        .isEqualTo(
            "ROW<`ratio` DOUBLE, `favourite` STRING, `old` BOOLEAN, `tail` STRING> NOT NULL");
    assertThat(compiled.entityFields()).containsOnlyKeys("carrier", "tailnum");
  }

  @Test
  void shouldNameEveryExpressionThatIsWrongWithItsCure() {
    List<String> problems =
        problems(
            """
            risk:
              request: {scheduled_delay: INT}
              features:
                a: "carrier_delay.delay_mean_1h"
                b: "schedule_delay + 1"
                c: "delay_mean_24h * 2"
                d: "a + 1"
                e: "SUM(scheduled_delay)"
                f: "RAND()"
                g: "carrier_delay"
                h: "carrier_dely.delay_mean_24h"
                i: "scheduled_delay +"
                k: "plane_profile.year"
            """);

    assertThat(problems).hasSize(10);
    assertThat(problems.get(0))
        .startsWith("../conf/pipelines/x.yaml:30: on_demand.risk.features.a: found the feature")
        .endsWith("did you mean \"delay_mean_24h\"?");
    assertThat(problems.get(1))
        .contains(":31: ", "expected Flink SQL over fields of the request and features of views")
        .endsWith("did you mean \"scheduled_delay\"?");
    assertThat(problems.get(2))
        .contains("found the feature \"delay_mean_24h\" without its view")
        .endsWith("write carrier_delay.delay_mean_24h");
    assertThat(problems.get(3)).endsWith("is on demand itself: write its expression in its place");
    assertThat(problems.get(4)).contains(":34: ");
    assertThat(problems.get(5)).contains("RAND, whose value differs between runs");
    assertThat(problems.get(6)).contains("an expression of type ROW<").endsWith("or CAST it");
    assertThat(problems.get(7)).endsWith("did you mean \"carrier_delay\"?");
    assertThat(problems.get(8)).contains("Encountered");
    assertThat(problems.get(9)).contains(":39: ");
  }

  @Test
  void shouldRefuseAFieldThatIsGivenOnceAndHasTwoTypes() {
    assertThat(
            problems(
                """
                risk:
                  request: {distance_miles: STRING}
                  features: {busy: "distance.flights > 10"}
                """))
        .singleElement()
        .asString()
        .contains("the entity field \"distance_miles\"", "view distance and STRING elsewhere");
  }

  @Test
  void shouldNotBlameAGroupForAViewThatIsWrong() {
    PipelineFile file =
        PipelineFile.parse(
            Path.of("../conf/pipelines/x.yaml"),
            HEAD.replace("avg: dep_delay_minutes", "average: dep_delay_minutes")
                + "  risk: {features: {f: \"carrier_delay.delay_mean_24h\"}}\n",
            new Environment(Map.of()));

    assertThat(file.problems()).isNotEmpty();
    assertThat(OnDemandChecks.problems(file)).isEmpty();
  }
}
