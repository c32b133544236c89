package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What all commands on a pipeline say before they ask a server. */
class PipelineCommandTest {

  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";

  @Test
  void shouldSayWhichCommandComplainsAndNameTheNearestView() {
    CommandRun run = CommandRun.of("consistency", FLIGHTS, "carier_delay");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.err())
        .startsWith("consistency: there is no view carier_delay in " + FLIGHTS)
        .contains("\"carrier_delay\"?");
  }

  @Test
  void shouldPrintTheProblemsOfAFileThatIsNotThere() {
    CommandRun run = CommandRun.of("offline", "status", "nowhere.yaml");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.err()).startsWith("nowhere.yaml");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void shouldRefuseToRunNoTaskAtAll() {
    CommandRun run = CommandRun.of("consistency", FLIGHTS, "carrier_delay", "--parallelism", "0");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).startsWith("--parallelism is at least 1, not 0");
  }
}
