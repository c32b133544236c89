package io.millrace.jobs.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FollowedContractsTest {
  /** Nobody listens at port 1. */
  private static final Pipeline PIPELINE =
      PipelineLoader.load(
          Path.of("../conf/pipelines/history.yaml"),
          new Environment(Map.of("KAFKA", "127.0.0.1:1", "PG_PASSWORD", "secret")));

  @Test
  void shouldFollowTheFileWhereKafkaDoesNotAnswer() {
    FollowedContract flights =
        FollowedContracts.of(PIPELINE).of(PIPELINE.source("flights").orElseThrow());

    assertThat(flights)
        .hasToString("contract 1.0.0 as in its file: Kafka at 127.0.0.1:1 does not answer");
    assertThat(flights.overlay().isEmpty()).isTrue();
  }

  @Test
  void shouldFollowTheFileForChangesOfTablesAsTheJobDoes() {
    assertThat(FollowedContracts.of(PIPELINE).of(PIPELINE.source("planes").orElseThrow()))
        .hasToString("contract 1.0.0");
  }
}
