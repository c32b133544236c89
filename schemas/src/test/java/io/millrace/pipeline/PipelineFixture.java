package io.millrace.pipeline;

import io.millrace.document.Environment;
import java.nio.file.Path;
import java.util.Map;

/** Pipeline files over the flights and planes contracts, complete but for the part under test. */
final class PipelineFixture {

  /** Where the texts are said to stand; contracts are found in folders above it. */
  static final Path FILE = Path.of("../conf/pipelines/test.yaml");

  private static final String SOURCES =
      """
      pipeline: test
      sources:
        flights:
          kafka: {topic: flights, bootstrap_servers: "localhost:9092"}
          contract: schemas/contracts/flights.odcs.yaml
          event_time: {field: departed_at}
        planes:
          postgres_cdc: {host: localhost, database: nyc, table: planes, slot: s1}
          contract: schemas/contracts/planes.odcs.yaml
      """;

  /** Line of the first line that is appended to the sources. */
  static final int FIRST_LINE = (int) SOURCES.lines().count() + 1;

  private PipelineFixture() {}

  static PipelineFile withFeatures(String features) {
    return PipelineFile.parse(
        FILE, SOURCES + "features:\n" + features.indent(2), new Environment(Map.of()));
  }

  /** A view over flights with one aggregation. */
  static PipelineFile withAggregations(String aggregations) {
    return withFeatures(
        "v:\n  entity: [carrier]\n  source: flights\n  hop: 1m\n  aggregations:\n"
            + aggregations.indent(4));
  }

  static PipelineFile with(String sections, Map<String, String> variables) {
    return PipelineFile.parse(FILE, SOURCES + sections, new Environment(variables));
  }

  static PipelineFile whole(String text, Map<String, String> variables) {
    return PipelineFile.parse(FILE, text, new Environment(variables));
  }
}
