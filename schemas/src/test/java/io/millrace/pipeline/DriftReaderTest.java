package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftReaderTest {

  @TempDir private Path dir;

  @Test
  void shouldReadAMonitorWithAllItsParts() {
    DriftMonitorSpec monitor =
        monitor(
            """
            m:
              source: flights
              window: {slide: 24h, every: 1h}
              reference: {trailing: 30d}
              columns: {dep_delay_minutes: [psi, ks], carrier: auto}
              segments: {by: origin, limit: 3}
              alarm: {psi: 0.2, p_value: 0.001, share_of_columns: 0.5, consecutive_windows: 3, min_rows: 50}
            """);

    assertThat(monitor)
        .isEqualTo(
            new DriftMonitorSpec(
                "m",
                "flights",
                false,
                Duration.ofDays(1),
                Duration.ofHours(1),
                new DriftReference(
                    DriftReference.Kind.TRAILING,
                    Duration.ofDays(30),
                    Path.of(""),
                    "",
                    "trailing 30d"),
                List.of(
                    new DriftMonitorSpec.Column(
                        "dep_delay_minutes", List.of(DriftStatistic.PSI, DriftStatistic.KS)),
                    new DriftMonitorSpec.Column("carrier", List.of())),
                java.util.Optional.of(new DriftMonitorSpec.Segments("origin", 3)),
                new DriftMonitorSpec.Alarm(0.2, 0.001, 0.5, 3, 50)));
  }

  @Test
  void shouldWatchAllColumnsUnlessSomeAreNamed() {
    DriftMonitorSpec monitor =
        monitor("m: {source: flights, window: {tumble: 1d}, reference: {first: 14d}}");

    assertThat(monitor.columns()).isEmpty();
    assertThat(monitor.step()).isEqualTo(monitor.window()).isEqualTo(Duration.ofDays(1));
    assertThat(monitor.segments()).isEmpty();
    assertThat(monitor.alarm()).isEqualTo(new DriftMonitorSpec.Alarm(0.25, 0.01, 0.3, 2, 100));
  }

  @Test
  void shouldTakeColumnsOfTheSameStatistics() {
    assertThat(
            monitor(
                    "m: {source: flights, window: {tumble: 1h}, reference: {first: 1d},"
                        + " columns: {flight: [psi], distance_miles: [psi]}}")
                .columns())
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "first: 14d | FIRST | P14D",
        "first: 2w | FIRST | P14D",
        "same_hour_of_day: 14d | SAME_HOUR_OF_DAY | P14D",
        "same_weekday: 8w | SAME_WEEKDAY | P56D",
        "pinned: model-7 | PINNED | P0D"
      })
  void shouldReadEveryKindOfReference(
      String written, DriftReference.Kind kind, java.time.Period span) {
    DriftReference reference =
        monitor("m: {source: flights, window: {tumble: 1h}, reference: {%s}}".formatted(written))
            .reference();

    assertThat(reference.kind()).isEqualTo(kind);
    assertThat(reference.span()).isEqualTo(Duration.ofDays(span.getDays()));
    assertThat(reference.written()).isEqualTo(written.replace(":", ""));
  }

  @Test
  void shouldFindAReferenceFileBesideThePipelineFile() throws IOException {
    Path reference = Files.writeString(dir.resolve("january.csv"), "carrier\nUA\n");

    DriftMonitorSpec monitor =
        monitor(
            "m: {source: flights, window: {tumble: 1h}, reference: {file: \"%s\"}}"
                .formatted(reference));

    assertThat(monitor.reference().file()).isEqualTo(reference);
  }

  @Test
  void shouldWatchTheFeaturesOfAView() {
    PipelineFile file =
        PipelineFixture.with(
            """
            features:
              v:
                entity: [carrier]
                source: flights
                hop: 1m
                aggregations:
                  delay_mean: {avg: dep_delay_minutes, windows: [1h, 24h]}
            drift:
              m: {view: v, window: {tumble: 1h}, reference: {first: 1d}, columns: [delay_mean_24h, carrier]}
            """,
            Map.of());

    assertThat(file.pipeline().driftMonitors())
        .singleElement()
        .satisfies(
            monitor -> {
              assertThat(monitor.inputIsView()).isTrue();
              assertThat(monitor.columns())
                  .extracting(DriftMonitorSpec.Column::name)
                  .containsExactly("delay_mean_24h", "carrier");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "source: flihgts | found the unknown source \"flihgts\", expected one of flights, planes; did you mean \"flights\"?",
        "view: v | found the unknown feature view \"v\", expected a feature view of this file; name one of the file's feature views",
        "window: {tumble: 0s} | found no time at all, expected at least 1ms; for example 24h",
        "window: {tumble: 1h, every: 1m} | found every beside tumble, expected every beside slide; remove it, or write slide",
        "window: {slide: 1h} | found slide without every, expected every: a length of time",
        "window: {slide: 24h, every: 7h} | found windows of 1d every 7h, expected windows that are a multiple of the step, at most 1000 times; for example every: 1h",
        "window: {} | found none of them, expected exactly one of tumble, slide; add one of them",
        "reference: {first: 5h} | found the text \"5h\", expected a multiple of 1d, at least one window of 1d; for example 14d",
        "reference: {first: 14} | found the number \"14\", expected a length of time such as 1h, 14d, 8w; for example 14d",
        "reference: {first: 1d, trailing: 1d} | found first and trailing, expected exactly one of first, trailing,",
        "reference: {same_weekday: 8d} | found the text \"8d\", expected a multiple of 7d; for example 56d",
        "reference: {trailing: 3000d} | found the text \"3000d\", that is 3000 steps of 1d, expected at most 2000 steps",
        "reference: {file: nowhere.csv} | found the text \"nowhere.csv\", which is no file, expected a reference, looked up in",
        "reference: {file: a.xlsx} | found the text \"a.xlsx\", expected a file that ends in .csv, .csv.gz or .parquet",
        "columns: [carier] | found the unknown column \"carier\", expected one of flight_id, carrier,",
        "columns: {carier: auto} | found the unknown column \"carier\", expected one of flight_id, carrier,",
        "columns: {carrier: [pis]} | found the text \"pis\", expected one of psi, ks,",
        "columns: [carrier, carrier] | found a value twice, expected every value once; remove one of the two",
        "columns: all | found the text \"all\", expected auto, a list of columns, or a map from column to a list of statistics",
        "segments: {by: carier} | found the unknown column \"carier\"",
        "segments: {by: carrier, limit: 0} | found the number \"0\", expected a whole number from 1 to 1000",
        "alarm: {p_value: 1.5} | found the number \"1.5\", expected a probability above 0, at most 0.5",
        "alarm: {psy: 1.5} | found the unknown key \"psy\", expected one of psi,"
      })
  void shouldSayWhatIsWrong(String line, String message) {
    StringBuilder lines = new StringBuilder("m:\n");
    String key = line.substring(0, line.indexOf(':'));
    for (String usual :
        List.of("source: flights", "window: {tumble: 24h}", "reference: {first: 14d}")) {
      boolean replaced =
          usual.startsWith(key + ":") || (key.equals("view") && usual.startsWith("source"));
      lines.append("  ").append(replaced ? line : usual).append('\n');
    }
    if (!List.of("source", "view", "window", "reference").contains(key)) {
      lines.append("  ").append(line).append('\n');
    }

    assertThat(file(lines.toString()).problems())
        .singleElement()
        .extracting(Problem::toString)
        .asString()
        .contains(message);
  }

  @Test
  void shouldNameEveryProblemAtOnce() {
    assertThat(file("m: {source: flights, view: v, window: {tumble: 0s}, colums: auto}").problems())
        .hasSizeGreaterThanOrEqualTo(4);
  }

  private static DriftMonitorSpec monitor(String drift) {
    List<DriftMonitorSpec> monitors = file(drift).pipeline().driftMonitors();
    assertThat(monitors).hasSize(1);
    return monitors.get(0);
  }

  private static PipelineFile file(String drift) {
    return PipelineFixture.with("drift:\n" + drift.indent(2), Map.of());
  }
}
