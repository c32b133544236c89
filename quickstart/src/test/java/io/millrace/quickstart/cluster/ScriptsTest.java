package io.millrace.quickstart.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ScriptsTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String script, String... arguments) {
    CommandLine commandLine = ClusterCommand.script(script);
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "down", "submit", "produce", "savepoint", "sql"})
  void shouldExplainItselfUnderItsOwnName(String script) {
    assertThat(run(script, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: scripts/" + script);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "down", "submit", "produce", "savepoint", "sql"})
  void shouldRefuseAnUnknownOptionWithTheExitCodeOfWrongUsage(String script) {
    assertThat(run(script, "--no-such-option")).isEqualTo(ClusterCommand.EXIT_USAGE);
    assertThat(err.toString()).contains("--no-such-option");
  }

  @Test
  void shouldRefuseARateThatIsNotANumber() {
    assertThat(run("produce", "flights", "--rate", "fast")).isEqualTo(ClusterCommand.EXIT_USAGE);
    assertThat(err.toString()).contains("--rate").contains("fast");
  }

  @Test
  void shouldSayThatThePipelineFileIsMissing() {
    assertThat(run("submit", "--pipeline", "no-such-file.yaml"))
        .isEqualTo(ClusterCommand.EXIT_FAILED);
    assertThat(err.toString())
        .startsWith("scripts/submit: pipeline no-such-file.yaml: there is no such file");
  }

  @Test
  void shouldTakeThePipelineFileWithoutItsOptionToo() {
    assertThat(run("submit", "no-such-file.yaml", "--", "-Dkey=value"))
        .isEqualTo(ClusterCommand.EXIT_FAILED);
    assertThat(err.toString()).contains("pipeline no-such-file.yaml: there is no such file");
  }

  @Test
  void shouldAskWhichJobWhenSeveralRun() {
    FlinkRest.Job flights = new FlinkRest.Job("f1", "flights", "RUNNING");
    FlinkRest.Job planes = new FlinkRest.Job("p1", "planes", "RESTARTING");
    assertThat(SavepointCommand.theOnlyJob(List.of(flights), "http://here")).isEqualTo("f1");
    assertThatThrownBy(() -> SavepointCommand.theOnlyJob(List.of(flights, planes), "http://here"))
        .hasMessageContaining("2 jobs run at http://here")
        .hasMessageContaining("f1  RUNNING  flights");
    assertThatThrownBy(() -> SavepointCommand.theOnlyJob(List.of(), "http://here"))
        .hasMessageContaining("scripts/submit");
  }

  @Test
  void shouldKnowAProcessFromAnotherThatGotItsId(@TempDir Path dir) throws Exception {
    ManagedProcess process = new ManagedProcess("sleeper", dir);
    process.start(List.of("sleep", "600"), dir, Map.of());
    Path pidFile = dir.resolve("pids/sleeper.pid");
    try {
      assertThat(process.isRunning()).isTrue();
      String written = Files.readString(pidFile);
      Files.writeString(
          pidFile, written.lines().findFirst().orElseThrow() + "\n1999-01-01T00:00:00Z\n");
      assertThat(process.isRunning()).isFalse();
      Files.writeString(pidFile, written);
    } finally {
      assertThat(process.stop(Duration.ofSeconds(10))).isTrue();
    }
    assertThat(process.isRunning()).isFalse();
    assertThat(pidFile).doesNotExist();
  }
}
