package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.IntType;
import org.junit.jupiter.api.Test;

class RefusedRowsTest {
  private static final long TEN_O_CLOCK = Instant.parse("2013-01-01T10:00:00Z").toEpochMilli();
  private static final long MINUTE = 60_000;
  private static final Contract FLIGHTS =
      new Contract(
          "flights",
          "1.0.0",
          "",
          List.of(new Field("delay", new IntType(), false, false, Optional.empty(), "")));

  @Test
  void shouldKeepARowOnWhichAnExpressionFailedAsItCouldBeProducedAgain() throws Exception {
    try (var harness =
        harness(
            RefusedRows.expressionFailed(
                "flights", "flights", FLIGHTS, FLIGHTS.rowType(), "carrier_delay", false))) {
      harness.processElement(
          GenericRowData.of(GenericRowData.of(15), StringData.fromString("/ by zero")),
          TEN_O_CLOCK);

      DeadLetter letter = harness.extractOutputValues().get(0);
      assertThat(letter.reason()).isEqualTo(DeadLetterReason.EXPRESSION_FAILED);
      assertThat(letter.message()).contains("carrier_delay", "/ by zero", "TRY_CAST");
      assertThat(letter.timeMillis()).isEqualTo(TEN_O_CLOCK);
      assertThat(letter.coordinates().place()).isEqualTo("flights");
      assertThat(text(letter)).isEqualTo("{\"delay\":15}");
    }
  }

  @Test
  void shouldKeepARowThatIsBehindTheWatermark() throws Exception {
    try (var harness = harness(tooLate())) {
      harness.processWatermark(TEN_O_CLOCK);
      harness.processElement(GenericRowData.of(15), TEN_O_CLOCK - MINUTE);

      DeadLetter letter = harness.extractOutputValues().get(0);
      assertThat(letter.reason()).isEqualTo(DeadLetterReason.TOO_LATE);
      assertThat(letter.message()).contains("2013-01-01T09:59:00Z", "2013-01-01T10:00:00Z");
      assertThat(text(letter)).isEqualTo("{\"delay\":15}");
    }
  }

  @Test
  void shouldPassOverARowThatIsOnTimeAndOnlyOutrunByOthersOfItsKey() throws Exception {
    try (var harness = harness(tooLate())) {
      harness.processWatermark(TEN_O_CLOCK);
      harness.processElement(GenericRowData.of(15), TEN_O_CLOCK + MINUTE);

      assertThat(harness.extractOutputValues()).isEmpty();
    }
  }

  private static ProcessFunction<RowData, DeadLetter> tooLate() {
    return RefusedRows.tooLate("flights", "flights", FLIGHTS, "carrier_delay", FLIGHTS.rowType());
  }

  private static String text(DeadLetter letter) {
    return new String(letter.raw().bytes(), StandardCharsets.UTF_8);
  }

  private static OneInputStreamOperatorTestHarness<RowData, DeadLetter> harness(
      ProcessFunction<RowData, DeadLetter> function) throws Exception {
    var harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
    harness.open();
    return harness;
  }
}
