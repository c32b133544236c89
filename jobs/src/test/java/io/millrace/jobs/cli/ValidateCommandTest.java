package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidateCommandTest {

  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";
  private static final String TEN_MISTAKES =
      "src/test/resources/io/millrace/jobs/cli/ten-mistakes.yaml";

  @Test
  void shouldFindNothingWrongWithTheShippedPipelines() {
    CommandRun run = CommandRun.of("validate", FLIGHTS, "../conf/pipelines/planes.yaml");

    assertThat(run.out()).isEqualTo("2 files, no problems\n");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void shouldNameAllOfTenPlantedMistakesWithTheirLines() {
    CommandRun run = CommandRun.of("validate", TEN_MISTAKES, FLIGHTS);

    List<String> lines = run.out().lines().toList();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(lines).hasSize(11);
    assertThat(lines.get(0)).startsWith(TEN_MISTAKES + ":5: ").contains("${KAFKA_NOT_SET}");
    assertThat(lines.get(1)).startsWith(TEN_MISTAKES + ":7: ").contains("\"5 minutes\"");
    assertThat(lines.get(2)).startsWith(TEN_MISTAKES + ":11: ").contains("\"carier\"");
    assertThat(lines.get(3)).startsWith(TEN_MISTAKES + ":13: ").contains("canceled");
    assertThat(lines.get(4)).startsWith(TEN_MISTAKES + ":16: ").contains("window 90s");
    assertThat(lines.get(5)).startsWith(TEN_MISTAKES + ":17: ").contains("525600 tiles");
    assertThat(lines.get(6)).startsWith(TEN_MISTAKES + ":18: ").contains("avg of \"dest\"");
    assertThat(lines.get(7)).startsWith(TEN_MISTAKES + ":19: ").contains("quantile without q");
    assertThat(lines.get(8)).startsWith(TEN_MISTAKES + ":20: ").contains("\"onlin\"");
    assertThat(lines.get(9)).startsWith(TEN_MISTAKES + ":21: ").contains("a second time");
    assertThat(lines.get(10)).isEqualTo("2 files, 10 problems");
  }

  @Test
  void shouldPrintProblemsAsJson() throws IOException {
    JsonNode problems =
        new ObjectMapper().readTree(CommandRun.of("validate", "--json", TEN_MISTAKES).out());

    assertThat(problems).hasSize(10);
    assertThat(problems.get(0).path("line").asInt()).isEqualTo(5);
    assertThat(problems.get(0).path("path").asText())
        .isEqualTo("sources.flights.kafka.bootstrap_servers");
  }

  @Test
  void shouldSayThatAFileIsMissing() {
    CommandRun run = CommandRun.of("validate", "nowhere.yaml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).startsWith("nowhere.yaml:1: found no such file");
  }

  @Test
  void shouldAskForAFile() {
    CommandRun run = CommandRun.of("validate");

    assertThat(run.exitCode()).isEqualTo(64);
    assertThat(run.err()).contains("Missing required parameter: 'FILE'");
  }

  @Test
  void shouldProposeTheCommandThatWasMeant() {
    CommandRun run = CommandRun.of("valdate", FLIGHTS);

    assertThat(run.exitCode()).isEqualTo(64);
    assertThat(run.err()).contains("Did you mean").contains("validate");
  }

  @Test
  void shouldAskForACommand() {
    CommandRun run = CommandRun.of();

    assertThat(run.exitCode()).isEqualTo(64);
    assertThat(run.err()).contains("No command given").contains("--help");
  }

  @Test
  void shouldExplainItself() {
    CommandRun run = CommandRun.of("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("validate", "plan", "Exit codes:", "2 ");
  }
}
