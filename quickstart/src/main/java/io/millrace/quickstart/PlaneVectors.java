package io.millrace.quickstart;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.FlightData;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The second pipeline: planes and airports become points, where there is a Qdrant. */
final class PlaneVectors {

  private final Pipeline pipeline;
  private final Services services;

  private PlaneVectors(Pipeline pipeline, Services services) {
    this.pipeline = pipeline;
    this.services = services;
  }

  /** Fills the table of airports and starts the pipeline; empty where there is no Qdrant. */
  static Optional<PlaneVectors> start(
      Home home,
      Services services,
      Map<String, String> environment,
      FlightData data,
      PipelinesFlink flink,
      Screen screen)
      throws Exception {
    if (services.qdrant().isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> names = new HashMap<>(environment);
    names.put(QdrantPorts.URL, services.qdrant().get().url());
    Pipeline pipeline = PipelineLoader.load(home.planesPipeline(), new Environment(names));
    int airports;
    try (Connection postgres = services.postgres().connect()) {
      airports = data.loadAirports(postgres);
    }
    screen.done("airports", "%,d rows in public.airports".formatted(airports));
    flink.run(pipeline);
    screen.done(
        "pipeline",
        "%s: %d sources, %d embeddings  (%s)"
            .formatted(
                pipeline.name(),
                pipeline.sources().size(),
                pipeline.embeddings().size(),
                home.root().relativize(home.planesPipeline())));
    return Optional.of(new PlaneVectors(pipeline, services));
  }

  /** Shows what is in Qdrant, and returns what does not add up. */
  List<String> check(Screen screen) throws SQLException {
    int port = services.qdrant().orElseThrow().grpcPort();
    try (Connection postgres = services.postgres().connect()) {
      VectorFindings findings = VectorFindings.await(pipeline, port, postgres, screen);
      findings.show(screen);
      return findings.problems();
    } catch (IOException failure) {
      return List.of("Qdrant could not be searched: " + failure.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
