package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UidsTest {
  private static final Path FLIGHTS = Path.of("..", "conf", "pipelines", "flights.yaml");

  /** A uid that changes loses the state of every running job: this list only ever grows. */
  @Test
  void shouldKeepTheUidsOfTheFlightsPipeline() {
    assertThat(uids(flights()).keySet())
        .containsExactly(
            "alerts-topic",
            "contract-control-read",
            "contract-keeper",
            "contract-versions-read",
            "contract-versions-topic",
            "dead-letters-topic",
            "drift-control-read",
            "drift-features_drift-advice",
            "drift-features_drift-alerts",
            "drift-features_drift-chunks",
            "drift-features_drift-columns",
            "drift-features_drift-feedback",
            "drift-features_drift-input",
            "drift-features_drift-monitor",
            "drift-features_drift-orders",
            "drift-features_drift-results",
            "drift-features_drift-summaries",
            "drift-feedback-read",
            "drift-flights_drift-advice",
            "drift-flights_drift-alerts",
            "drift-flights_drift-chunks",
            "drift-flights_drift-columns",
            "drift-flights_drift-feedback",
            "drift-flights_drift-monitor",
            "drift-flights_drift-orders",
            "drift-flights_drift-results",
            "drift-flights_drift-summaries",
            "drift-topic",
            "quality-topic",
            "replay-once",
            "replay-read",
            "schema-changes-topic",
            "source-flights-guard",
            "source-flights-quality-counts",
            "source-flights-quality-windows",
            "source-flights-read",
            "source-flights-replay-guard",
            "source-flights-replay-records",
            "source-flights-replay-rule-cancelled_flights_have_no_delay",
            "source-flights-replay-rule-cancelled_flights_have_no_delay-condition",
            "source-flights-replay-split",
            "source-flights-rule-cancelled_flights_have_no_delay",
            "source-flights-rule-cancelled_flights_have_no_delay-condition",
            "source-flights-split",
            "source-planes-guard",
            "source-planes-read",
            "source-planes-split",
            "view-carrier_delay-features",
            "view-carrier_delay-input",
            "view-carrier_delay-late-rows",
            "view-carrier_delay-redis",
            "view-carrier_delay-rejected-rows",
            "view-carrier_delay-replay-input",
            "view-carrier_delay-replay-redis",
            "view-carrier_delay-replay-rejected-rows",
            "view-carrier_delay-replay-rows",
            "view-carrier_delay-replay-rows-input",
            "view-carrier_delay-replay-vectors",
            "view-carrier_delay-topic",
            "view-manufacturer_fleet-features",
            "view-manufacturer_fleet-input",
            "view-manufacturer_fleet-late-rows",
            "view-manufacturer_fleet-redis",
            "view-manufacturer_fleet-rejected-rows",
            "view-manufacturer_fleet-replay-redis",
            "view-manufacturer_fleet-replay-vectors",
            "view-manufacturer_fleet-topic",
            "view-plane_profile-features",
            "view-plane_profile-input",
            "view-plane_profile-redis",
            "view-plane_profile-rejected-rows",
            "view-plane_profile-replay-redis",
            "view-plane_profile-replay-vectors",
            "view-plane_profile-topic",
            "view-route_delay-features",
            "view-route_delay-input",
            "view-route_delay-late-rows",
            "view-route_delay-redis",
            "view-route_delay-rejected-rows",
            "view-route_delay-replay-input",
            "view-route_delay-replay-redis",
            "view-route_delay-replay-rejected-rows",
            "view-route_delay-replay-rows",
            "view-route_delay-replay-rows-input",
            "view-route_delay-replay-vectors",
            "view-route_delay-topic");
  }

  @Test
  void shouldRunWithoutGeneratedUidsAndWithoutKryo() {
    StreamExecutionEnvironment env = build(flights());

    // Both are errors at this point when the job has an operator without uid or a generic type.
    assertThat(env.getStreamGraph(false).getJobGraph().getNumberOfVertices()).isPositive();
  }

  @Test
  void shouldWatchTheRegistryOfASource(@TempDir Path dir) throws Exception {
    Path contracts = Files.createDirectories(dir.resolve("schemas/contracts"));
    for (String name : List.of("flights", "planes")) {
      String file = name + ".odcs.yaml";
      Files.copy(Path.of("..", "schemas", "contracts", file), contracts.resolve(file));
    }
    Files.writeString(
        dir.resolve("avro.yaml"),
        Files.readString(FLIGHTS)
            .replace(
                "format: json",
                "format: avro-confluent\n      format_options: {registry: 'http://localhost:8081'}"));

    Pipeline pipeline =
        PipelineLoader.load(
            dir.resolve("avro.yaml"), new Environment(Map.of("PG_PASSWORD", "secret")));

    assertThat(uids(pipeline)).containsKey("source-flights-registry");
  }

  private static Map<String, String> uids(Pipeline pipeline) {
    Map<String, String> nameOfUid = new TreeMap<>();
    for (Transformation<?> root : build(pipeline).getTransformations()) {
      for (Transformation<?> transformation : root.getTransitivePredecessors()) {
        if (transformation.getUid() != null) {
          nameOfUid.put(transformation.getUid(), transformation.getName());
        }
      }
    }
    return nameOfUid;
  }

  private static StreamExecutionEnvironment build(Pipeline pipeline) {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(new Configuration());
    PipelineJob.build(env, pipeline, EnumSet.allOf(Capability.class));
    return env;
  }

  private static Pipeline flights() {
    return PipelineLoader.load(FLIGHTS, new Environment(Map.of("PG_PASSWORD", "secret")));
  }
}
