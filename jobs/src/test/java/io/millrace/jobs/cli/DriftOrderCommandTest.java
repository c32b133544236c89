package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DriftOrderCommandTest {
  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";

  @Test
  void shouldNameTheMonitorThatWasMeant() {
    CommandRun run = CommandRun.of("drift", "promote", FLIGHTS, "flight_drift");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("pipeline flights has no monitor flight_drift")
        .contains("did you mean \"flights_drift\"?");
  }

  @Test
  void shouldSayWhatItNeeds() {
    assertThat(CommandRun.of("drift", "rebuild", "nowhere.yaml", "m").err())
        .contains("there is no pipeline nowhere.yaml");
    assertThat(CommandRun.of("drift", "rebuild", FLIGHTS).exitCode()).isEqualTo(64);
  }
}
