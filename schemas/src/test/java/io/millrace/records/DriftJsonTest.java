package io.millrace.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftJsonTest {

  private static final long JULY = 1_372_636_800_000L;
  private static final long DAY = 86_400_000L;

  static final DriftedColumn DELAY =
      new DriftedColumn("dep_delay_minutes", "psi", 0.31, 0.29, 0.25, 1.5e-12);

  private static final DriftResult RESULT =
      new DriftResult(
          "flights_drift",
          "",
          "dep_delay_minutes",
          JULY,
          JULY + DAY,
          DriftOutcome.DRIFT,
          "psi 0.31 >= 0.25, p 1.5e-12",
          "first 14d from 2013-01-01T00:00:00Z",
          List.of(
              new DriftResult.Statistic("psi", 0.31, 0.29, 1e-12, 1.5e-12, 0.25, true),
              new DriftResult.Statistic(
                  "wasserstein", 0.4, 0.38, Double.NaN, Double.NaN, Double.NaN, false)),
          new DriftResult.Profile(12_000, 50, 0, -30, 853, 11.5, 38.25, 410),
          new DriftResult.Profile(970, 8, 0, -19, 506, 21.75, 44.5, 190),
          List.of(
              new DriftResult.Bin("< -5", Double.NaN, -5, 1_200, 60),
              new DriftResult.Bin("null", Double.NaN, Double.NaN, 50, 8)),
          List.of(new DriftResult.Quantile(0.5, -1, 4)),
          List.of(new DriftResult.CategoryCount("ZZ", 3)));

  private static final DriftSummary SUMMARY =
      new DriftSummary(
          "flights_drift",
          "UA",
          JULY,
          JULY + DAY,
          DriftOutcome.DRIFT,
          "1 of 2 columns drifted",
          "first 14d from 2013-01-01T00:00:00Z",
          970,
          2,
          2,
          2,
          List.of(DELAY),
          DriftSummary.AlarmState.PENDING,
          JULY);

  private static final Alert ALERT =
      new Alert(
          "flights_drift//2013-07-01T00:00:00Z",
          "flights_drift",
          "",
          Alert.State.OPEN,
          Alert.Severity.WARNING,
          JULY,
          JULY + 2 * DAY,
          2,
          List.of(DELAY),
          "dep_delay_minutes drifted");

  private static final RetrainingAdvice ADVICE =
      new RetrainingAdvice(
          "flights_drift",
          true,
          RetrainingAdvice.Cause.DATA_DRIFT,
          "dep_delay_minutes drifted",
          JULY,
          JULY + 2 * DAY,
          List.of(DELAY));

  @Test
  void shouldBeWrittenAsEverBefore() throws IOException {
    assertThat(new String(DriftJson.encode(RESULT), UTF_8)).isEqualTo(golden("drift-column"));
    assertThat(new String(DriftJson.encode(SUMMARY), UTF_8)).isEqualTo(golden("drift-dataset"));
    assertThat(new String(DriftJson.encode(ALERT), UTF_8)).isEqualTo(golden("alert-data-drift"));
    assertThat(new String(DriftJson.encode(ADVICE), UTF_8)).isEqualTo(golden("alert-retraining"));
  }

  @Test
  void shouldReadWhatWasWritten() throws IOException {
    assertThat(DriftJson.result(golden("drift-column").getBytes(UTF_8))).contains(RESULT);
    assertThat(DriftJson.summary(golden("drift-dataset").getBytes(UTF_8))).contains(SUMMARY);
    assertThat(DriftJson.alert(golden("alert-data-drift").getBytes(UTF_8))).contains(ALERT);
    assertThat(DriftJson.advice(golden("alert-retraining").getBytes(UTF_8))).contains(ADVICE);
  }

  @Test
  void shouldTellTheRecordsOfATopicApart() {
    assertThat(DriftJson.result(DriftJson.encode(SUMMARY))).isEmpty();
    assertThat(DriftJson.summary(DriftJson.encode(RESULT))).isEmpty();
    assertThat(DriftJson.alert(DriftJson.encode(ADVICE))).isEmpty();
  }

  @Test
  void shouldReadRecordsWithFieldsOfTheFuture() throws IOException {
    String future = golden("drift-dataset").replace("{\"format\"", "{\"new\":[1],\"format\"");

    assertThat(DriftJson.summary(future.getBytes(UTF_8))).contains(SUMMARY);
  }

  @Test
  void shouldNameAWindowOfAColumnByItsKey() {
    assertThat(new String(DriftJson.key(RESULT), UTF_8))
        .isEqualTo("flights_drift/2013-07-01T00:00:00Z//dep_delay_minutes");
    assertThat(new String(DriftJson.key(SUMMARY), UTF_8))
        .isEqualTo("flights_drift/2013-07-01T00:00:00Z/UA");
  }

  @Test
  void shouldReadOrdersToAMonitorAndPassOverOthers() {
    DriftControl promote = new DriftControl("m", DriftControl.Action.PROMOTE, "model-7");

    assertThat(DriftJson.control(DriftJson.encode(promote))).contains(promote);
    assertThat(
            DriftJson.control(
                "{\"about\":\"drift\",\"monitor\":\"m\",\"action\":\"rebuild\"}".getBytes(UTF_8)))
        .contains(new DriftControl("m", DriftControl.Action.REBUILD, ""));
    assertThat(DriftJson.control("{\"about\":\"contract\"}".getBytes(UTF_8))).isEmpty();
    assertThatThrownBy(
            () ->
                DriftJson.control(
                    "{\"about\":\"drift\",\"monitor\":\"m\",\"action\":\"forget\"}"
                        .getBytes(UTF_8)))
        .hasMessageContaining("'forget', expected promote or rebuild");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'prediction':12.5,'label':14 | 1.5",
        "'prediction':'cat','label':'dog' | 1",
        "'prediction':true,'label':true | 0",
        "'metric':'auc','value':0.75,'better':'higher' | -0.75",
        "'metric':'mae','value':12.5,'better':'lower' | 12.5"
      })
  void shouldTurnFeedbackIntoALoss(String fields, double loss) {
    assertThat(DriftJson.feedback(message(fields)).loss()).isEqualTo(loss);
    assertThat(DriftJson.feedback(message(fields)).timeMillis()).isEqualTo(JULY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'prediction':12.5 | neither value and better nor prediction and label",
        "'value':'high','better':'higher' | value: found \"high\", expected a number",
        "'value':1,'better':'greater' | better: found 'greater', expected higher or lower",
        "'value':1 | no text 'better'"
      })
  void shouldSayWhatIsWrongWithFeedback(String fields, String problem) {
    assertThatThrownBy(() -> DriftJson.feedback(message(fields)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  private static byte[] message(String fields) {
    return ("{'monitor':'m','time':'2013-07-01T00:00:00Z'," + fields + "}")
        .replace('\'', '"')
        .getBytes(UTF_8);
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = DriftJsonTest.class.getResourceAsStream(name + ".json")) {
      assertThat(in).as("golden file " + name + ".json").isNotNull();
      return new String(in.readAllBytes(), UTF_8).strip();
    }
  }
}
