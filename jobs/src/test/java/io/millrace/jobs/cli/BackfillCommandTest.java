package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a backfill that cannot be made is told, before anything runs. */
class BackfillCommandTest {
  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "--from,yesterday,--from: 'yesterday' is no time with a zone",
    "--to,2026-01-31T00:00:00,--to: '2026-01-31T00:00:00' is no time with a zone",
    "--max-parallelism,0,'--max-parallelism is from 1 to 32768, not 0'",
    "--baseline,nowhere,--baseline goes with --into",
    "--rest,nowhere,There is no job jar"
  })
  void shouldRefuseAnOptionThatCannotBe(String option, String value, String message) {
    CommandRun run =
        CommandRun.of(
            "backfill",
            FLIGHTS,
            "carrier_delay",
            option,
            value,
            "--jar",
            folder.resolve("none.jar").toString());

    assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run.err()).contains(message);
  }

  @Test
  void shouldTellEverythingThatIsWrongAtOnce() {
    CommandRun run =
        CommandRun.of(
            "backfill",
            FLIGHTS,
            "carier_delay",
            "plane_profile",
            "manufacturer_fleet",
            "--into",
            folder.resolve("nowhere").toString(),
            "--out",
            folder.toString());

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.err().lines())
        .allMatch(it -> it.startsWith("backfill: "))
        .anyMatch(it -> it.contains("no view carier_delay") && it.contains("\"carrier_delay\"?"))
        .anyMatch(it -> it.contains("view plane_profile shows newest rows"))
        .anyMatch(it -> it.contains("view manufacturer_fleet is over source planes, a table"))
        .anyMatch(it -> it.contains("there is no savepoint at " + folder.resolve("nowhere")))
        .anyMatch(it -> it.contains("--out " + folder + " exists"));
  }

  @Test
  void shouldAskForAViewWhereNoneBeginsWithItsHistory() {
    CommandRun run = CommandRun.of("backfill", FLIGHTS);

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.err()).contains("no view of pipeline flights has bootstrap: offline: name one");
  }
}
