package io.millrace.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftReportTest {
  @TempDir private Path folder;

  @Test
  void shouldShowTheNewestWindowThatDrifted() {
    DriftReport report = YearOfDelays.report("flights", null);

    assertThat(report.monitors()).containsExactly("flights_drift");
    assertThat(report.window("flights_drift")).contains(Instant.parse("2013-08-19T00:00:00Z"));
  }

  @Test
  void shouldShowTheWindowThatIsAskedFor() {
    Instant within = Instant.parse("2013-03-06T12:00:00Z");
    DriftReport report = YearOfDelays.report("flights", within);

    assertThat(report.window("flights_drift")).contains(Instant.parse("2013-03-04T00:00:00Z"));
    JsonNode monitor = report.json().path("monitors").path(0);
    assertThat(monitor.path("windows")).hasSize(39);
    assertThat(monitor.path("columns")).hasSize(4);
    assertThat(monitor.path("columns").path(0).path("timeline")).hasSize(39);
    assertThat(monitor.path("segments")).hasSize(3);
  }

  @Test
  void shouldHaveNothingToShowOfAWindowThatIsNotThere() {
    DriftReport report = YearOfDelays.report("flights", Instant.parse("2020-01-01T00:00:00Z"));

    assertThat(report.monitors()).isEmpty();
    assertThat(report.json().path("monitors")).isEmpty();
  }

  @Test
  void shouldBeOneFileThatAsksNoNetwork() throws IOException {
    String html = DriftReportHtml.html(YearOfDelays.report("a </script> & b", YearOfDelays.SUMMER));

    assertThat(html)
        .contains("default-src 'none'")
        .doesNotContain("src=\"")
        .doesNotContain("@import");
    assertThat(html).contains("<title>Data drift: a &lt;/script&gt; &amp; b</title>");
    String data = html.substring(html.indexOf("id=\"data\">") + 10);
    data = data.substring(0, data.indexOf("</script>"));
    assertThat(new ObjectMapper().readTree(data).path("title").asText())
        .isEqualTo("a </script> & b");
  }

  @Test
  void shouldBeDrawnByABrowser() throws Exception {
    Optional<Path> browser = browser();
    assumeTrue(browser.isPresent(), "no Chromium on this machine");
    // Left there for whoever wants to look at it.
    Path file = Path.of("target", "drift-report.html").toAbsolutePath();
    DriftReportHtml.write(YearOfDelays.report("flights", YearOfDelays.SUMMER), file);

    String page = run(browser.get(), "--dump-dom", file.toUri().toString());

    // An overview and two charts for each of four columns; scripts ran to the end.
    assertThat(page).contains("data-drawn=\"9\"");
    assertThat(page).contains("Alarm since", "Retraining is advised", "dep_delay_minutes");
    assertThat(page).contains("&lt;b&gt;0&lt;/b&gt;").doesNotContain("<b>0</b> ");
    Path picture = file.resolveSibling("drift-report.png");
    run(
        browser.get(),
        "--screenshot=" + picture,
        "--window-size=390,2400",
        file.toUri().toString());
    assertThat(picture).isNotEmptyFile();
  }

  private static Optional<Path> browser() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(":"))
                    .map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private String run(Path browser, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            browser.toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--user-data-dir=" + folder.resolve("profile")));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve("browser.log").toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    try {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return out;
    } finally {
      process.destroyForcibly();
    }
  }
}
