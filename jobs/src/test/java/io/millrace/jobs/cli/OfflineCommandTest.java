package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.offline.OfflineTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineCommandTest {
  private static final String HISTORY = "../conf/pipelines/history.yaml";

  @TempDir private Path dir;

  private CommandRun run(String... args) {
    return CommandRun.with(Map.of("OFFLINE", dir.toString()), args);
  }

  @Test
  void shouldShowTablesBeforeAndAfterTheyAreMade() throws Exception {
    CommandRun before = run("offline", "status", HISTORY);
    assertThat(before.exitCode()).isZero();
    assertThat(before.out())
        .containsPattern("planes_changes +\\(not made yet\\)")
        .containsPattern("carrier_delay +\\(not made yet\\)");

    assertThat(
            OfflineTables.prepare(
                PipelineLoader.load(
                    Path.of(HISTORY), new Environment(Map.of("OFFLINE", dir.toString())))))
        .containsExactly("flights", "planes_changes", "planes", "carrier_delay");

    CommandRun after = run("offline", "status", HISTORY, "--table", "flights,planes");
    assertThat(after.out())
        .containsPattern("flights +events +0 +0 +0 +0 +0 B +0 +never")
        .containsPattern("planes +state +0")
        .doesNotContain("carrier_delay");
    assertThat(run("offline", "status", HISTORY, "--json", "--table", "planes").out())
        .contains("\"content\" : \"state\"", "\"committed\" : null");
    assertThat(run("offline", "compact", HISTORY).out()).contains("flights: nothing to join");
    assertThat(run("offline", "expire", HISTORY, "--older-than", "1h").out())
        .contains("flights: 0 snapshots and 0 files went, and 0 files that none needed");
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    CommandRun table = run("offline", "compact", HISTORY, "--table", "plains");
    assertThat(table.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(table.err())
        .contains(
            "pipeline history has no table plains; there are flights, planes_changes, planes,"
                + " carrier_delay");

    CommandRun noHistory = run("offline", "status", "../conf/pipelines/flights.yaml");
    assertThat(noHistory.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(noHistory.err()).contains("keeps no history: it has no section offline");

    CommandRun age = run("offline", "expire", HISTORY, "--older-than", "a week");
    assertThat(age.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(age.err()).contains("'a week' is no length of time; write for example 30m");
  }

  /** A pipeline that does nothing but keep the history of a topic, in a catalog that is away. */
  private Path remote() throws IOException {
    Files.copy(Path.of("../schemas/contracts/planes.odcs.yaml"), dir.resolve("planes.odcs.yaml"));
    return Files.writeString(
        dir.resolve("remote.yaml"),
        """
        pipeline: remote
        sources:
          planes:
            kafka: {topic: planes, bootstrap_servers: "localhost:9092"}
            contract: planes.odcs.yaml
        offline: {warehouse: "s3://lake", catalog: rest, uri: "http://127.0.0.1:1/"}
        """);
  }

  @Test
  void shouldSayWhenTheCatalogDoesNotAnswer() throws Exception {
    Path file = remote();

    CommandRun run = run("offline", "status", file.toString());

    assertThat(run.exitCode()).isEqualTo(ExitCodes.UNAVAILABLE);
    assertThat(run.err())
        .contains("offline status: the catalog of s3://lake cannot be opened: ")
        .contains("127.0.0.1:1");
  }

  @Test
  void shouldSayWhichTableCannotBeRead() throws Exception {
    OfflineTables.prepare(
        PipelineLoader.load(Path.of(HISTORY), new Environment(Map.of("OFFLINE", dir.toString()))));
    Files.writeString(dir.resolve("history/flights/metadata/v1.metadata.json"), "not JSON");

    for (String upkeep : List.of("status", "compact", "expire")) {
      CommandRun run = run("offline", upkeep, HISTORY, "--table", "flights");

      assertThat(run.exitCode()).isEqualTo(ExitCodes.UNAVAILABLE);
      assertThat(run.err()).startsWith("offline " + upkeep + ": table flights cannot be read: ");
    }
  }

  @Test
  void shouldPlanHistoryTables() {
    CommandRun plan = run("plan", HISTORY);

    assertThat(plan.out())
        .contains("    read by     carrier_delay, its history\n")
        .containsPattern("history.flights +rows of flights +by day of _event_time +18 columns")
        .containsPattern("history.planes +rows of planes as they are, by tailnum +not parted")
        .containsPattern("offline--sink");
  }

  @Test
  void shouldPlanAPipelineThatOnlyKeepsHistory() throws Exception {
    CommandRun plan = run("plan", remote().toString());

    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("source-planes-read").containsPattern("offline--sink");
  }

  @Test
  void shouldRefuseTypesThatHaveNoColumn() throws Exception {
    Files.writeString(
        dir.resolve("ticks.odcs.yaml"),
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: ticks
        name: ticks
        version: 1.0.0
        status: active
        schema:
          - name: ticks
            logicalType: object
            properties:
              - {name: id, logicalType: integer, required: true}
              - {name: seen, logicalType: timestamp, physicalType: timestamp(9)}
        """);
    Path file =
        Files.writeString(
            dir.resolve("ticks.yaml"),
            """
            pipeline: ticks
            sources:
              ticks:
                kafka: {topic: ticks, bootstrap_servers: "localhost:9092"}
                contract: ticks.odcs.yaml
            offline: {warehouse: here}
            """);

    CommandRun run = run("validate", file.toString());

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.out())
        .contains(
            "ticks.yaml:5: sources.ticks.contract: found a contract whose history cannot be kept")
        .contains("field seen: TIMESTAMP(9) is finer than the microseconds");
  }
}
