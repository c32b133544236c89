package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.duplicates.DuplicateLog.FoundCluster;
import io.millrace.records.ClusterMember;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import io.millrace.records.DuplicatePair.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class DuplicatesTextTest {
  private static final DuplicatePair PAIR =
      new DuplicatePair(
          "v",
          "models",
          "",
          "a",
          "b",
          "{\"id\":1}",
          "{\"id\":22}",
          Decision.MATCH,
          0.98765,
          6.2,
          0.91,
          "block+neighbour",
          List.of(
              new Reason("maker", "similar", -0.25, "AIRBUS", "AIRBUS\nINDUSTRIE"),
              new Reason("model", "equal", 11, "A320", "A320"),
              new Reason("owner", "different", -2, "", "")),
          0,
          false);

  private static ClusterMember member(String point, String key) {
    return new ClusterMember(
        "v", "models", "", point, key, "a", 2, "a", "{\"id\":1}", false, 0, false);
  }

  @Test
  void shouldSayWhyInOneLine() {
    assertThat(DuplicatesText.table(List.of(PAIR)))
        .isEqualTo(
            """
            SCORE   ROW       ROW        BECAUSE
            0.9877  {"id":1}  {"id":22}  maker similar "AIRBUS" ~ "AIRBUS INDUSTRIE" -0.3, model equal "A320" +11.0, owner different -2.0, similarity 0.9100
            """);
  }

  @Test
  void shouldNameWhoRepresentsACluster() {
    FoundCluster cluster =
        new FoundCluster("a", List.of(member("a", "{\"id\":1}"), member("b", "{\"id\":22}")));

    assertThat(DuplicatesText.clusters(List.of(cluster)))
        .isEqualTo(
            """
            ROWS  REPRESENTED BY  DUPLICATES
            2     {"id":1}        {"id":22}
            """);
    assertThat(DuplicatesText.json(List.of(PAIR), List.of(cluster)).lines())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).startsWith("{\"format\":1"));
  }

  @Test
  void shouldNameTheEmbeddingsThatLookForDuplicates() {
    CommandRun run =
        CommandRun.of(
            "duplicates", "list", "../conf/pipelines/planes.yaml", "--embedding", "plane_vectors");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.err()).contains("no embedding plane_vectors").contains("model_vectors");
  }
}
