package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class EmbeddingWiringTest {
  private static final Pipeline PLANES =
      PipelineFile.parse(
              Path.of("../conf/pipelines/planes.yaml"),
              """
              pipeline: planes
              sources:
                planes:
                  postgres_cdc: {host: localhost, database: nyc, table: planes, slot: s1}
                  contract: schemas/contracts/planes.odcs.yaml
              embeddings:
                plane_vectors:
                  source: planes
                  text: "{{manufacturer}} {{model}}{{#seats}}, {{seats}} seats{{/seats}}"
                  qdrant: {collection: planes, tenant: manufacturer}
                  duplicates: {compare: {model: code, year: number}, block: [model], write_back: true}
              topics: {bootstrap_servers: "localhost:9092"}
              """,
              new Environment(Map.of()))
          .pipeline();

  private static StreamExecutionEnvironment build(Set<Capability> capabilities) {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(new Configuration());
    PipelineJob.build(env, PLANES, capabilities);
    return env;
  }

  @Test
  void shouldKeepTheUidsOfAnEmbedding() {
    Set<String> uids =
        build(EnumSet.allOf(Capability.class)).getTransformations().stream()
            .flatMap(root -> root.getTransitivePredecessors().stream())
            .map(Transformation::getUid)
            .filter(uid -> uid != null)
            .collect(Collectors.toSet());

    assertThat(uids)
        .contains(
            "embedding-plane_vectors",
            "embedding-plane_vectors-qdrant",
            "embedding-plane_vectors-links",
            "embedding-plane_vectors-duplicates-first-chunks",
            "embedding-plane_vectors-duplicates-neighbours",
            "embedding-plane_vectors-duplicates-rows",
            "embedding-plane_vectors-duplicates-blocks",
            "embedding-plane_vectors-duplicates-judge",
            "embedding-plane_vectors-duplicates-topic",
            "embedding-plane_vectors-duplicates-clusters-topic",
            "embedding-plane_vectors-duplicates-marks",
            "source-planes-read",
            "dead-letters-topic");
  }

  @Test
  void shouldRunWithoutGeneratedUidsAndWithoutKryo() {
    StreamExecutionEnvironment env = build(Set.of(Capability.EMBEDDINGS));

    assertThat(env.getStreamGraph(false).getJobGraph().getNumberOfVertices()).isPositive();
  }

  @Test
  void shouldNotSubmitAJobWhoseModelIsNotThere() {
    Pipeline pipeline =
        PipelineFile.parse(
                Path.of("../conf/pipelines/planes.yaml"),
                """
                pipeline: planes
                sources:
                  planes:
                    kafka: {topic: planes, bootstrap_servers: "localhost:1"}
                    contract: schemas/contracts/planes.odcs.yaml
                models:
                  ours: {folder: /nowhere/e5}
                embeddings:
                  plane_vectors: {source: planes, text: "{{model}}", model: ours}
                topics: {bootstrap_servers: "localhost:1"}
                """,
                new Environment(Map.of()))
            .pipeline();

    assertThatThrownBy(() -> PipelineJob.prepare(pipeline))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("pipeline planes cannot start")
        .hasMessageContaining("model folder /nowhere/e5 has no model.onnx, tokenizer.json");
  }
}
