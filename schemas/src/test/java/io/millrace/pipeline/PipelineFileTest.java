package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.document.Environment;
import io.millrace.document.ProblemsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PipelineFileTest {

  private static final Path FLIGHTS = Path.of("../conf/pipelines/flights.yaml");

  @Test
  void shouldReadTheFlightsPipelineWithoutAnyEnvironment() {
    Pipeline flights = PipelineFile.read(FLIGHTS, new Environment(Map.of())).pipeline();

    assertThat(flights.name()).isEqualTo("flights");
    assertThat(flights.sources()).extracting(Source::name).containsExactly("flights", "planes");
    assertThat(flights.featureViews())
        .extracting(FeatureViewSpec::name)
        .containsExactly("carrier_delay", "route_delay", "plane_profile", "manufacturer_fleet");
    assertThat(flights.onlineStore())
        .isEqualTo(
            new OnlineStore(new Secret("redis://localhost:6379"), false, Duration.ofMinutes(2)));
    assertThat(flights.topics())
        .isEqualTo(
            new Topics(
                "localhost:9092", "millrace.flights", Topics.Delivery.EXACTLY_ONCE, Map.of()));
  }

  @Test
  void shouldReadAKafkaSource() {
    Source flights = flights(Map.of("KAFKA", "broker:1")).source("flights").orElseThrow();

    assertThat(flights.origin())
        .isEqualTo(
            new KafkaOrigin(
                "flights",
                "broker:1",
                KafkaOrigin.Format.JSON,
                "millrace-flights-flights",
                KafkaOrigin.StartFrom.EARLIEST,
                Map.of()));
    assertThat(flights.eventTime())
        .isEqualTo(
            new EventTime(
                Optional.of("departed_at"),
                Duration.ofMinutes(5),
                Optional.of(Duration.ofMinutes(1)),
                false));
    assertThat(flights.contract().primaryKey()).containsExactly("flight_id");
  }

  @Test
  void shouldReadAPostgresSourceFromTheEnvironment() {
    Map<String, String> variables =
        Map.of("PG_HOST", "db", "PG_PORT", "5433", "PG_USER", "reader", "PG_PASSWORD", "geheim");

    assertThat(flights(variables).source("planes").orElseThrow().origin())
        .isEqualTo(
            new PostgresOrigin(
                "db",
                5433,
                "nyc",
                "public",
                "planes",
                "millrace_planes",
                "reader",
                new Secret("geheim"),
                Map.of()));
  }

  @Test
  void shouldReadAnAggregatedView() {
    FeatureViewSpec view = flights(Map.of()).featureView("carrier_delay").orElseThrow();

    assertThat(view.entity()).containsExactly("carrier");
    assertThat(view.where()).contains("NOT cancelled");
    assertThat(view.hop()).isEqualTo(Duration.ofMinutes(1));
    assertThat(view.emitEvery()).isZero();
    assertThat(view.topic()).isTrue();
    assertThat(view.online())
        .isEqualTo(
            new FeatureViewSpec.Online(
                Optional.of(Duration.ofDays(7)), FeatureViewSpec.Layout.FEAST, "millrace"));
    assertThat(view.aggregations())
        .contains(
            new AggregationSpec(
                "delay_p95",
                AggregateFunction.QUANTILE,
                "dep_delay_minutes",
                Optional.empty(),
                List.of(new AggregationSpec.Window("24h", Duration.ofHours(24))),
                new AggregationSpec.Parameters(0.95, 0, List.of(), "", "")));
  }

  @Test
  void shouldReadParametersOfAggregations() {
    FeatureViewSpec view = flights(Map.of()).featureView("route_delay").orElseThrow();

    assertThat(view.aggregations().get(1).where()).contains("dep_delay_minutes >= 15");
    assertThat(view.aggregations().get(2).parameters().numerator()).isEqualTo("delayed");
    assertThat(view.aggregations().get(2).parameters().denominator()).isEqualTo("flights");
    assertThat(view.aggregations().get(5).parameters().edges()).containsExactly(0.0, 15.0, 60.0);
    assertThat(view.aggregations().get(6).parameters().k()).isEqualTo(3);
  }

  @Test
  void shouldReadALatestView() {
    FeatureViewSpec view = flights(Map.of()).featureView("plane_profile").orElseThrow();

    assertThat(view.isLatest()).isTrue();
    assertThat(view.latest()).containsExactly("manufacturer", "model", "year", "engines", "seats");
    assertThat(view.online().ttl()).isEmpty();
  }

  @Test
  void shouldTakeBrokersAndPropertiesOfTheFirstKafkaSourceForTopics() {
    Topics topics =
        PipelineFixture.whole(
                """
                pipeline: p
                sources:
                  flights:
                    kafka:
                      topic: flights
                      bootstrap_servers: broker:9092
                      start_from: latest
                      group_id: g
                      properties: {security.protocol: SASL_SSL, sasl.jaas.config: "${JAAS}"}
                    contract: schemas/contracts/flights.odcs.yaml
                """,
                Map.of("JAAS", "x"))
            .pipeline()
            .topics();

    assertThat(topics.bootstrapServers()).isEqualTo("broker:9092");
    assertThat(topics.prefix()).isEqualTo("millrace.p");
    assertThat(topics.properties())
        .containsEntry("security.protocol", new Secret("SASL_SSL"))
        .containsEntry("sasl.jaas.config", new Secret("x"));
  }

  @Test
  void shouldPrintNoSecret() {
    Pipeline pipeline =
        flights(Map.of("PG_PASSWORD", "geheim", "REDIS", "redis://u:geheim@h:6379"));

    assertThat(pipeline.toString()).doesNotContain("geheim");
  }

  @Test
  void shouldThrowAllProblemsWhenThePipelineIsAskedFor() {
    PipelineFile file = PipelineFixture.whole("pipeline: 1\nsourcs: {}\n", Map.of());

    assertThatThrownBy(file::pipeline)
        .isInstanceOf(ProblemsException.class)
        .hasMessageContaining("3 problems:")
        .hasMessageContaining("did you mean \"sources\"?");
  }

  @Test
  void shouldKeepADraftOfWhatIsRight() {
    PipelineFile file =
        PipelineFixture.withAggregations(
            """
            good: {sum: distance_miles, windows: [1h]}
            bad: {sum: distanc_miles, windows: [1h]}
            """);

    assertThat(file.problems()).hasSize(1);
    assertThat(file.draft().orElseThrow().featureViews().get(0).aggregations())
        .extracting(AggregationSpec::name)
        .containsExactly("good");
    assertThat(file.at("features", "v", "aggregations", "bad", "where").line())
        .isEqualTo(PipelineFixture.FIRST_LINE + 7);
  }

  private static Pipeline flights(Map<String, String> variables) {
    return PipelineFile.read(FLIGHTS, new Environment(variables)).pipeline();
  }
}
