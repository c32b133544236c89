package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.NOT_JSON;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.records.DeadLetter;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class SplitDeadLettersTest {

  private static final DeadLetter LETTER =
      new DeadLetter(
          "flights",
          NOT_JSON,
          "",
          "not JSON",
          "flights",
          "1.0.0",
          5,
          DeadLetter.Coordinates.kafka("flights", 0, 42, null),
          DeadLetter.Raw.of(new byte[] {'x'}));

  @Test
  void shouldSendRowsOnWithTheirTimeAndDeadLettersAside() throws Exception {
    try (OneInputStreamOperatorTestHarness<Ingested, RowData> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(new SplitDeadLetters("flights"))) {
      GenericRowData before = GenericRowData.ofKind(RowKind.UPDATE_BEFORE, 1);
      GenericRowData after = GenericRowData.ofKind(RowKind.UPDATE_AFTER, 2);

      harness.processElement(Ingested.row(before, 7).uncounted(), 7);
      harness.processElement(Ingested.row(after, 7), 7);
      harness.processElement(Ingested.deadLetter(LETTER), 5);

      assertThat(harness.extractOutputValues()).containsExactly(before, after);
      assertThat(harness.getSideOutput(SplitDeadLetters.DEAD_LETTERS))
          .singleElement()
          .satisfies(
              letter -> assertThat(letter.getValue()).usingRecursiveComparison().isEqualTo(LETTER));
    }
  }

  @Test
  void shouldPutBesideARowWhereItsRecordLay() throws Exception {
    try (OneInputStreamOperatorTestHarness<Ingested, RowData> harness =
        ProcessFunctionTestHarnesses.forProcessFunction(new SplitDeadLetters("flights", true))) {
      GenericRowData row = GenericRowData.ofKind(RowKind.DELETE, 1);

      harness.processElement(Ingested.row(row, 7).at(new Position(3, 42)), 7);
      harness.processElement(Ingested.row(row, 7), 7);

      RowData known = harness.extractOutputValues().get(0);
      assertThat(known.getArity()).isEqualTo(3);
      assertThat(known.getRowKind()).isEqualTo(RowKind.DELETE);
      assertThat(known.getInt(0)).isEqualTo(1);
      assertThat(PositionedRows.position(known, 3)).isEqualTo(new Position(3, 42));
      assertThat(PositionedRows.position(harness.extractOutputValues().get(1), 3)).isNull();
    }
  }
}
