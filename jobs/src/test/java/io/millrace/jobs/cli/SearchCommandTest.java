package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.vectors.FoundPoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SearchCommandTest {

  private static FoundPoint point(double score, Object... payload) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < payload.length; i += 2) {
      fields.put((String) payload[i], payload[i + 1]);
    }
    return new FoundPoint(
        score, new UUID(0, 7), "{\"tailnum\":\"N1\"}", "ops", 0, "a plane", fields);
  }

  @Test
  void shouldPrintARowPerPointWithItsScoreAndPayload() {
    assertThat(
            FoundText.table(
                List.of(
                    point(0.51239, "model", "172\nM", "seats", 4L),
                    point(-0.1, "model", "x".repeat(99)))))
        .isEqualTo(
            """
            SCORE    model                                     seats
            0.5124   172 M                                     4
            -0.1000  %s…  -
            """
                .formatted("x".repeat(39)));
  }

  @Test
  void shouldPrintAnObjectPerLineForPrograms() {
    assertThat(FoundText.json(List.of(point(0.5, "seats", 4L, "old", true))))
        .isEqualTo(
            """
            {"score":0.5,"point_id":"00000000-0000-0000-0000-000000000007","key":{"tailnum":"N1"},\
            "tenant":"ops","chunk":0,"text":"a plane","payload":{"seats":4,"old":true}}
            """);
  }

  @Test
  void shouldNameTheEmbeddingsThatThereAre() {
    CommandRun run =
        CommandRun.of("search", "../conf/pipelines/planes.yaml", "jet", "--embedding", "ships");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.err()).contains("no embedding ships").contains("plane_vectors");
  }

  @Test
  void shouldRefuseALimitThatCannotBe() {
    CommandRun run =
        CommandRun.of("search", "../conf/pipelines/planes.yaml", "jet", "--limit", "0");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains("limit is 0");
  }
}
