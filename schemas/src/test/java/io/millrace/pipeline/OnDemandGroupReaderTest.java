package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Problem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnDemandGroupReaderTest {
  private static final String VIEWS =
      """
      features:
        carrier_delay:
          entity: [carrier]
          source: flights
          where: "NOT cancelled"
          hop: 1m
          aggregations:
            departures: {count: "*", windows: [1h, 24h]}
            delay_mean: {avg: dep_delay_minutes, windows: [24h]}
        route_delay:
          entity: [origin, dest]
          source: flights
          hop: 1m
          aggregations:
            flights: {count: "*", windows: [24h]}
      """;

  private static PipelineFile with(String onDemand) {
    return PipelineFixture.with(VIEWS + onDemand, Map.of());
  }

  private static OnDemandSpec group(String onDemand) {
    return with(onDemand).pipeline().onDemandGroups().get(0);
  }

  @Test
  void shouldReadEveryKey() {
    OnDemandSpec group =
        group(
            """
            on_demand:
              departure_risk:
                description: How risky a departure is.
                owner: operations
                version: 3
                request: {scheduled_delay: INT, tags: ARRAY<STRING>, at: TIMESTAMP_LTZ(3)}
                features:
                  ratio: "scheduled_delay / NULLIF(carrier_delay.delay_mean_24h, 0)"
                  tagged: "CARDINALITY(tags) > 0"
            """);

    assertThat(group.name()).isEqualTo("departure_risk");
    assertThat(group.about())
        .isEqualTo(new FeatureViewSpec.About("How risky a departure is.", "operations", 3));
    assertThat(group.request().asSummaryString())
        .isEqualTo(
            "ROW<`scheduled_delay` INT, `tags` ARRAY<STRING>, `at` TIMESTAMP_LTZ(3)> NOT NULL");
    assertThat(group.features())
        .extracting(OnDemandSpec.Feature::name)
        .containsExactly("ratio", "tagged");
    assertThat(group.views(with("").pipeline().featureViews()))
        .extracting(FeatureViewSpec::name)
        .containsExactly("carrier_delay");
  }

  @Test
  void shouldNeedNoRequest() {
    assertThat(
            group(
                    """
                    on_demand:
                      busy: {features: {busy: "route_delay.flights_24h > 100"}}
                    """)
                .request()
                .getFieldCount())
        .isZero();
  }

  @Test
  void shouldNameEverythingThatIsWrong() {
    List<String> problems =
        with(
                """
            on_demand:
              carrier_delay:
                request: {x: INTEGR, route_delay: INT, y: INT NOT NULL, z: "ROW<a INT>", t: TIME(6)}
                features: {f: "x"}
              empty:
                requests: {}
              none:
                features: {}
            """)
            .problems()
            .stream()
            .map(Problem::toString)
            .toList();

    assertThat(problems)
        .anySatisfy(
            it ->
                assertThat(it)
                    .contains("on_demand.carrier_delay: found the name \"carrier_delay\"")
                    .contains("rename one of them"))
        .anySatisfy(
            it -> assertThat(it).contains("request.x: found the text \"INTEGR\"", "\"INTEGER\"?"))
        .anySatisfy(
            it ->
                assertThat(it)
                    .contains("request.route_delay: found the field \"route_delay\"", "view"))
        .anySatisfy(it -> assertThat(it).contains("request.y: found", "NOT NULL", "COALESCE"))
        .anySatisfy(it -> assertThat(it).contains("request.z: found the type ROW<`a` INT>"))
        .anySatisfy(it -> assertThat(it).contains("request.t: found the type TIME(6)"))
        .anySatisfy(
            it -> assertThat(it).contains("on_demand.empty").contains("did you mean \"request\"?"))
        .anySatisfy(it -> assertThat(it).contains("on_demand.empty").contains("no \"features\""))
        .anySatisfy(it -> assertThat(it).contains("on_demand.none.features"));
  }

  @Test
  void shouldKnowWhatAFeatureIsMadeOf() {
    Pipeline pipeline =
        with("""
            on_demand:
              risk:
                request: {delay: INT, unused: INT}
                features:
                  ratio: "delay / NULLIF(`carrier_delay` . `delay_mean_24h`, 0)"
                  known: "carrier_delay IS NOT NULL AND 'route_delay.flights_24h' <> ''"
            """)
            .pipeline();
    List<OnDemandDefinition> features =
        OnDemandDefinition.of(pipeline.onDemandGroups().get(0), pipeline);

    assertThat(features.get(0).requestFields()).containsExactly("delay");
    assertThat(features.get(0).features()).containsExactly("carrier_delay.delay_mean_24h");
    assertThat(features.get(0).sourceFields())
        .containsExactlyInAnyOrder("flights.dep_delay_minutes", "flights.cancelled");
    assertThat(features.get(1).requestFields()).isEmpty();
    assertThat(features.get(1).features()).containsExactly("carrier_delay.*");
    assertThat(features.get(1).sourceFields())
        .containsExactlyInAnyOrder("flights.dep_delay_minutes", "flights.cancelled");
  }

  @Test
  void shouldHaveAnotherFingerprintForAnotherMeaning() {
    String before =
        """
        on_demand:
          risk:
            request: {delay: INT, other: INT}
            features: {ratio: "delay / NULLIF(carrier_delay.delay_mean_24h, 0)"}
        """;

    assertThat(fingerprint(VIEWS, before.replace("other: INT", "another: DOUBLE")))
        .isEqualTo(fingerprint(VIEWS, before));
    assertThat(fingerprint(VIEWS, before.replace("delay: INT", "delay: BIGINT")))
        .isNotEqualTo(fingerprint(VIEWS, before));
    assertThat(fingerprint(VIEWS, before.replace(", 0", ", 1")))
        .isNotEqualTo(fingerprint(VIEWS, before));
    assertThat(fingerprint(VIEWS.replace("avg: dep_delay_minutes", "avg: distance_miles"), before))
        .isNotEqualTo(fingerprint(VIEWS, before));
    assertThat(fingerprint(VIEWS.replace("[1h, 24h]", "[2h, 24h]"), before))
        .isEqualTo(fingerprint(VIEWS, before));
  }

  private static String fingerprint(String views, String onDemand) {
    Pipeline pipeline = PipelineFixture.with(views + onDemand, Map.of()).pipeline();
    return OnDemandDefinition.of(pipeline.onDemandGroups().get(0), pipeline).get(0).fingerprint();
  }
}
