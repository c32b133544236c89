package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftCheckCommandTest {
  private static final long SEED = 3;

  @TempDir private Path folder;
  private Path january;
  private Path sameMonth;
  private Path july;

  @BeforeEach
  void writeTables() throws IOException {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    january = table("january.csv", 2000, 0, "UA,DL", random);
    sameMonth = table("same.csv", 1500, 0, "UA,DL", random);
    july = table("july.csv", 1500, 1, "UA,OO", random);
  }

  private Path table(String name, int rows, double shift, String carriers, Random random)
      throws IOException {
    StringBuilder text = new StringBuilder("delay,code,carrier\n");
    for (int row = 0; row < rows; row++) {
      text.append(random.nextInt(20) == 0 ? "NA" : shift + random.nextGaussian())
          .append(',')
          .append(random.nextInt(3))
          .append(",\"")
          .append(carriers.split(",")[random.nextInt(2)])
          .append("\"\n");
    }
    return Files.writeString(folder.resolve(name), text, UTF_8);
  }

  private CommandRun check(Object... more) {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "drift";
    arguments[1] = "check";
    for (int i = 0; i < more.length; i++) {
      arguments[i + 2] = more[i].toString();
    }
    return CommandRun.of(arguments);
  }

  @Test
  void shouldFindNoDriftBetweenSamplesOfTheSame() {
    CommandRun run = check("--reference", january, "--current", sameMonth);

    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).contains("stable   0 of 3 columns drifted");
  }

  @Test
  void shouldExitWithOneWhenAColumnDrifted() {
    CommandRun run = check("--reference", january, "--current", july);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("drift    2 of 3 columns drifted");
    assertThat(run.out().lines().filter(line -> line.startsWith("delay")))
        .singleElement()
        .asString()
        .contains("drift", "1,500");
    assertThat(run.out().lines().filter(line -> line.startsWith("code")))
        .singleElement()
        .asString()
        .contains("stable");
  }

  @Test
  void shouldAskForTheShareOfColumnsThatIsWanted() {
    assertThat(check("--reference", january, "--current", july, "--share", "0.7").exitCode())
        .isZero();
    assertThat(check("--reference", january, "--current", july, "--share", "0.5").exitCode())
        .isEqualTo(1);
  }

  @Test
  void shouldCompareOnlyTheColumnsThatAreNamed() {
    CommandRun run = check("--reference", january, "--current", july, "--columns", "code");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("0 of 1 columns").doesNotContain("delay");
  }

  @Test
  void shouldPrintAllFiguresAsJsonAndWriteAReport() throws IOException {
    Path report = folder.resolve("out/report.html");
    CommandRun run = check("--reference", january, "--current", july, "--json", "--out", report);

    JsonNode monitor = new ObjectMapper().readTree(run.out()).path("monitors").path(0);
    assertThat(monitor.path("columns")).hasSize(3);
    assertThat(monitor.path("columns").path(0).path("outcome").asText()).isEqualTo("DRIFT");
    assertThat(report).content().contains("july.csv");
  }

  @Test
  void shouldSayNothingAboutTooFewRows() throws IOException {
    Path few =
        Files.writeString(folder.resolve("few.csv"), "delay,code,carrier\n900,1,OO\n", UTF_8);
    CommandRun run = check("--reference", january, "--current", few);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("too few rows to say");
  }

  @Test
  void shouldSayWhyFilesCannotBeCompared() throws IOException {
    Path other = Files.writeString(folder.resolve("other.csv"), "delay\nlate\n", UTF_8);
    Path empty = Files.writeString(folder.resolve("empty.csv"), "delay,code\n", UTF_8);
    Path notParquet = Files.writeString(folder.resolve("no.parquet"), "delay,code\n", UTF_8);

    assertComplains(
        check("--reference", folder.resolve("no.csv"), "--current", july), "there is no file");
    assertComplains(check("--reference", january, "--current", other), "has no column code");
    assertComplains(
        check("--reference", january, "--current", other, "--columns", "delay"), "'late'");
    assertComplains(check("--reference", empty, "--current", july), "has no rows");
    assertComplains(check("--reference", notParquet, "--current", july), "is no Parquet file");
    assertComplains(
        check("--reference", january, "--current", july, "--columns", "dely"),
        "has no column dely that can be compared; it has delay, code, carrier");
    assertThat(check("--reference", january, "--current", july, "--psi", "0").exitCode())
        .isEqualTo(64);
  }

  private static void assertComplains(CommandRun run, String what) {
    assertThat(run.err()).contains(what);
    assertThat(run.exitCode()).isEqualTo(2);
  }
}
