package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.pipeline.PipelineFile;
import io.millrace.pipeline.Topics;
import io.millrace.records.Alert;
import io.millrace.records.DriftJson;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import io.millrace.testkit.KafkaServer;
import io.millrace.testkit.Ports;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriftReportCommandITCase {
  private static final String FLIGHTS = "../conf/pipelines/flights.yaml";
  private static final String MONITOR = "flights_drift";
  private static final long JULY_1 = Instant.parse("2013-07-01T00:00:00Z").toEpochMilli();
  private static final long DAY = 86_400_000;
  private static final DriftedColumn DELAYS =
      new DriftedColumn("dep_delay_minutes", "psi", 0.31, 0.3, 0.25, 1e-9);

  @TempDir private Path folder;

  private static DriftResult result(long start, DriftOutcome outcome, double psi) {
    boolean drifted = outcome == DriftOutcome.DRIFT;
    DriftResult.Profile profile = new DriftResult.Profile(900, 9, 0, -20, 300, 12, 40, 88);
    return new DriftResult(
        MONITOR,
        "",
        DELAYS.column(),
        start,
        start + DAY,
        outcome,
        "",
        "first 14d",
        List.of(new DriftResult.Statistic("psi", psi, psi, 1e-10, 1e-9, 0.25, drifted)),
        profile,
        profile,
        List.of(new DriftResult.Bin("(0, 5]", 0, 5, 400, 300)),
        List.of(new DriftResult.Quantile(0.5, 1, 2)),
        List.of());
  }

  private static DriftSummary summary(long start, DriftOutcome outcome) {
    boolean drifted = outcome == DriftOutcome.DRIFT;
    return new DriftSummary(
        MONITOR,
        "",
        start,
        start + DAY,
        outcome,
        "",
        "first 14d",
        900,
        0,
        1,
        1,
        drifted ? List.of(DELAYS) : List.of(),
        drifted ? DriftSummary.AlarmState.OPEN : DriftSummary.AlarmState.QUIET,
        drifted ? start : -1);
  }

  @Test
  void shouldReportWhatTheTopicsHold() throws Exception {
    try (KafkaServer kafka = KafkaServer.start(folder.resolve("kafka"))) {
      Map<String, String> places = Map.of("KAFKA", kafka.bootstrapServers());
      CommandRun nothingYet = CommandRun.with(places, "drift", "report", FLIGHTS);
      assertThat(nothingYet.err()).contains("has no window");
      assertThat(nothingYet.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);

      write(kafka);
      Path html = folder.resolve("report.html");
      CommandRun run =
          CommandRun.with(places, "drift", "report", FLIGHTS, "--out", html.toString());
      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("flights_drift  window of 2013-07-02T00:00:00Z", "report  ");
      assertThat(html).content().contains("dep_delay_minutes", "has drifted since");

      CommandRun json =
          CommandRun.with(places, "drift", "report", FLIGHTS, "--window", "2013-07-01", "--json");
      JsonNode monitor = new ObjectMapper().readTree(json.out()).path("monitors").path(0);
      assertThat(monitor.path("selected").asLong()).isEqualTo(JULY_1);
      // Written twice, as after a failure; the second counts.
      assertThat(
              monitor.path("columns").path(0).path("statistics").path(0).path("value").asDouble())
          .isEqualTo(0.02);

      assertThat(CommandRun.with(places, "drift", "report", FLIGHTS, "--monitor", "other").err())
          .contains("has no window of a monitor other");
      assertThat(
              CommandRun.with(places, "drift", "report", FLIGHTS, "--window", "2014-01-01")
                  .exitCode())
          .isEqualTo(ExitCodes.NOT_FOUND);
    }
  }

  private static void write(KafkaServer kafka) throws Exception {
    Topics topics =
        PipelineFile.read(
                Path.of(FLIGHTS), new Environment(Map.of("KAFKA", kafka.bootstrapServers())))
            .pipeline()
            .topics();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (DriftResult result :
          List.of(
              result(JULY_1, DriftOutcome.STABLE, 0.01),
              result(JULY_1, DriftOutcome.STABLE, 0.02),
              result(JULY_1 + DAY, DriftOutcome.DRIFT, 0.31))) {
        producer.send(
            new ProducerRecord<>(topics.drift(), DriftJson.key(result), DriftJson.encode(result)));
      }
      for (DriftSummary summary :
          List.of(
              summary(JULY_1, DriftOutcome.STABLE), summary(JULY_1 + DAY, DriftOutcome.DRIFT))) {
        producer.send(
            new ProducerRecord<>(
                topics.drift(), DriftJson.key(summary), DriftJson.encode(summary)));
      }
      Alert alert =
          new Alert(
              MONITOR + "//2013-07-02",
              MONITOR,
              "",
              Alert.State.OPEN,
              Alert.Severity.WARNING,
              JULY_1 + DAY,
              JULY_1 + 2 * DAY,
              1,
              List.of(DELAYS),
              "dep_delay_minutes has drifted since 2013-07-02");
      producer.send(
          new ProducerRecord<>(topics.alerts(), DriftJson.key(alert), DriftJson.encode(alert)));
    }
  }

  @Test
  void shouldSayWhatIsMissing() {
    Map<String, String> nowhere = Map.of("KAFKA", "127.0.0.1:" + Ports.free());

    CommandRun unknown = CommandRun.with(nowhere, "drift", "report", "no-such-pipeline");
    assertThat(unknown.err()).contains("there is no pipeline no-such-pipeline");
    assertThat(unknown.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    CommandRun wrong = CommandRun.with(nowhere, "drift", "report", FLIGHTS, "--window", "July");
    assertThat(wrong.err()).contains("--window July: expected a time such as");
    assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
  }
}
