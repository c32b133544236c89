package io.millrace.features;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.pipeline.PipelineFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureViewChecksTest {

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
      """;

  @Test
  void shouldFindNothingWrongWithTheFlightsPipeline() {
    PipelineFile flights =
        PipelineFile.read(Path.of("../conf/pipelines/flights.yaml"), new Environment(Map.of()));

    assertThat(FeatureViewChecks.problems(flights)).isEmpty();
  }

  @Test
  void shouldNameEveryExpressionThatFlinkRefuses() {
    List<String> problems =
        problems(
            """
              v:
                entity: [carrier]
                source: flights
                where: "NOT canceled"
                aggregations:
                  a: {sum: "distance_mile * 2"}
                  b: {sum: "distance_miles * 2"}
                  c: {sum: "dep_delay_minutes +"}
                  d: {count: "*", where: "distance_miles"}
                  e: {sum: "SUM(distance_miles)"}
                  f: {count: "*", where: "departed_at > CURRENT_TIMESTAMP"}
            """);

    assertThat(problems).hasSize(6);
    assertThat(problems.get(0))
        .startsWith("../conf/pipelines/x.yaml:13: features.v.where: found the expression")
        .contains("expected Flink SQL over the fields of source flights")
        .endsWith("did you mean \"cancelled\"?");
    assertThat(problems.get(1))
        .startsWith("../conf/pipelines/x.yaml:15: features.v.aggregations.a.sum: ")
        .endsWith("did you mean \"distance_miles\"?");
    assertThat(problems.get(2)).contains(":17: features.v.aggregations.c.sum: ");
    assertThat(problems.get(3))
        .contains(":18: features.v.aggregations.d.where: ")
        .endsWith("compare it, for example flight_id IS NOT NULL");
    assertThat(problems.get(4)).contains(":19: features.v.aggregations.e.sum: ");
    assertThat(problems.get(5)).contains(":20: features.v.aggregations.f.where: ");
  }

  @Test
  void shouldSayHowToWriteAFieldThatIsAWordOfSql() {
    List<String> problems =
        problems(
            """
              v:
                entity: [manufacturer]
                source: planes
                aggregations:
                  a: {avg: year}
                  b: {avg: "`year`"}
            """);

    assertThat(problems).singleElement().asString().endsWith("write \"`year`\"");
  }

  @Test
  void shouldNameAggregatesThatAreNotDefinedForTheType() {
    List<String> problems =
        problems(
            """
              v:
                entity: [carrier]
                source: flights
                aggregations:
                  a: {avg: dest}
                  b: {max: "UPPER(dest)"}
                  c: {min: cancelled}
                  d: {count: "*"}
                  e: {ratio: [b, d]}
            """);

    assertThat(problems)
        .satisfiesExactly(
            a ->
                assertThat(a)
                    .startsWith(
                        "../conf/pipelines/x.yaml:14: features.v.aggregations.a.avg: found avg of"
                            + " \"dest\", which is STRING, expected TINYINT, SMALLINT, INT,"
                            + " BIGINT, DECIMAL, FLOAT or DOUBLE"),
            c -> assertThat(c).contains(":16: features.v.aggregations.c.min: "),
            e ->
                assertThat(e)
                    .contains(
                        ":18: features.v.aggregations.e.ratio[0]: found the aggregation \"b\","
                            + " which is STRING, expected a number to divide"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(",
        "'",
        "a; b",
        "x -- y",
        "/* x",
        "carrier AS c",
        "carrier, dest",
        "flights.*",
        "(SELECT 1)",
        "COUNT(*) OVER ()",
        "no_such_function(carrier)",
        "1 / 0 FROM rows",
        "distance_miles) OR (TRUE",
        "ROW(1, 2)",
        "MAP['a', 1]",
        "?",
        "\u00e4 + \uD83D\uDE00",
        "TUMBLE(departed_at, INTERVAL '1' HOUR)",
        "CAST(carrier AS NONSENSE)"
      })
  void shouldTurnAnyTextIntoAProblem(String expression) {
    String quoted = "'" + expression.replace("'", "''") + "'";

    assertThat(
            problems(
                """
                  v:
                    entity: [carrier]
                    source: flights
                    aggregations:
                      a: {sum: %s}
                """
                    .formatted(quoted)))
        .singleElement()
        .asString()
        .startsWith("../conf/pipelines/x.yaml:14: features.v.aggregations.a.sum: found ")
        .doesNotContain("\n");
  }

  private static List<String> problems(String features) {
    PipelineFile file =
        PipelineFile.parse(
            Path.of("../conf/pipelines/x.yaml"), HEAD + features, new Environment(Map.of()));
    assertThat(file.problems()).isEmpty();
    return Problem.sorted(FeatureViewChecks.problems(file)).stream()
        .map(Problem::toString)
        .toList();
  }
}
