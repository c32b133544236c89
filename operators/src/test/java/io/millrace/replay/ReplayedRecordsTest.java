package io.millrace.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.formats.RecordFormats;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.Position;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetter.Raw.Content;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.Replay;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

/** Orders in CSV: a record and a row of the same source are different bytes. */
class ReplayedRecordsTest {

  private static final long AT = Instant.parse("2013-01-01T10:15:00Z").toEpochMilli();
  private static final Source ORDERS =
      new Source(
          "orders",
          new KafkaOrigin(
              "orders",
              "localhost:9092",
              KafkaOrigin.Format.CSV,
              new FormatOptions.Csv(List.of(), ',', '"', ""),
              "group",
              KafkaOrigin.StartFrom.EARLIEST,
              Map.of()),
          new Contract(
              "orders",
              "1.0.0",
              "",
              List.of(
                  new Field(
                      "amount",
                      DataTypes.INT().notNull().getLogicalType(),
                      true,
                      false,
                      Optional.empty(),
                      ""),
                  new Field(
                      "at",
                      DataTypes.TIMESTAMP_LTZ(3).notNull().getLogicalType(),
                      true,
                      false,
                      Optional.empty(),
                      ""))),
          new EventTime(Optional.of("at"), Duration.ZERO, Optional.empty(), false));

  @Test
  void shouldReadARecordInTheSourcesFormatWithItsOwnEventTime() throws Exception {
    StreamRecord<? extends Ingested> record =
        only("orders", "", Content.RECORD, "3,2013-01-01T10:15:00Z");

    assertThat(record.getTimestamp()).isEqualTo(AT);
    assertThat(record.getValue().row().getLong(0)).isEqualTo(3);
  }

  @Test
  void shouldReadARowAsJsonWhateverTheFormat() throws Exception {
    StreamRecord<? extends Ingested> record =
        only("orders", "", Content.ROW, "{\"amount\":3,\"at\":\"2013-01-01T10:15:00Z\"}");

    assertThat(record.getTimestamp()).isEqualTo(AT);
    assertThat(record.getValue().row().getLong(0)).isEqualTo(3);
  }

  @Test
  void shouldKeepARowARowAndCountItsReplaysWhenItIsRefusedAgain() throws Exception {
    Ingested ingested =
        only("orders", "", Content.ROW, "{\"at\":\"2013-01-01T10:15:00Z\"}").getValue();

    DeadLetter again = ingested.deadLetter();
    assertThat(again.reason()).isEqualTo(DeadLetterReason.MISSING_FIELD);
    assertThat(again.raw().content()).isEqualTo(Content.ROW);
    assertThat(again.coordinates().replays()).isEqualTo(2);
  }

  @Test
  void shouldLeaveToTheGuardBehindWhatIsRefusedAgain() throws Exception {
    Ingested ingested = only("orders", "", Content.RECORD, "many,2013-01-01T10:15:00Z").getValue();

    assertThat(ingested.isRow() || ingested.isDeadLetter()).isFalse();
    assertThat(ingested.drift().coordinates().replays()).isEqualTo(2);
  }

  @Test
  void shouldSayWhereARecordLayInTheTopicThatItsSourceReads() throws Exception {
    String record = "3,2013-01-01T10:15:00Z";

    assertThat(again("orders", record).position()).isEqualTo(new Position(0, 42));
    assertThat(again("orders_of_before", record).position()).isNull();
    assertThat(again(null, record).position()).isNull();
  }

  private static Ingested again(String topic, String raw) throws Exception {
    return output(topic, replay("orders", "", Content.RECORD, raw)).get(0).getValue();
  }

  @Test
  void shouldPassOverWhatIsForOthers() throws Exception {
    assertThat(output("planes", "", Content.RECORD, "3,2013-01-01T10:15:00Z")).isEmpty();
    assertThat(output("orders", "by_city", Content.ROW, "{}")).isEmpty();
  }

  @Test
  void shouldGiveAViewItsOwnRowsOnly() throws Exception {
    String row = "{\"amount\":3,\"at\":\"2013-01-01T10:15:00Z\"}";
    try (var harness =
        new OneInputStreamOperatorTestHarness<Replay, RowData>(
            new ReplayedRows(Guard.Settings.of(ORDERS), "by_city"))) {
      harness.open();
      harness.processElement(replay("orders", "by_city", Content.ROW, row), 0);
      harness.processElement(replay("orders", "codes", Content.ROW, row), 0);
      harness.processElement(replay("orders", "by_city", Content.COLUMNS, row), 0);
      harness.processElement(replay("orders", "by_city", Content.ROW, "{}"), 0);

      assertThat(harness.extractOutputStreamRecords())
          .singleElement()
          .matches(record -> record.getTimestamp() == AT);
      assertThat(harness.getSideOutput(ReplayedRows.DEAD_LETTERS))
          .singleElement()
          .extracting(StreamRecord::getValue)
          .matches(letter -> letter.view().equals("by_city"))
          .matches(letter -> letter.raw().content() == Content.ROW);
    }
  }

  private static StreamRecord<? extends Ingested> only(
      String source, String view, Content content, String raw) throws Exception {
    List<StreamRecord<? extends Ingested>> output = output(source, view, content, raw);
    assertThat(output).hasSize(1);
    return output.get(0);
  }

  private static List<StreamRecord<? extends Ingested>> output(
      String source, String view, Content content, String raw) throws Exception {
    return output(null, replay(source, view, content, raw));
  }

  private static List<StreamRecord<? extends Ingested>> output(String topic, Replay replay)
      throws Exception {
    try (var harness =
        new OneInputStreamOperatorTestHarness<Replay, Ingested>(
            new ReplayedRecords(Guard.Settings.of(ORDERS), RecordFormats.of(ORDERS), topic))) {
      harness.open();
      harness.processElement(replay, 0);
      return harness.extractOutputStreamRecords();
    }
  }

  private static Replay replay(String source, String view, Content content, String raw) {
    return new Replay(
        "0-1",
        new DeadLetter(
                source,
                DeadLetterReason.WRONG_TYPE,
                "",
                "",
                "orders",
                "1.0.0",
                0,
                DeadLetter.Coordinates.kafka("orders", 0, 42, null).afterReplays(2),
                DeadLetter.Raw.of(raw.getBytes(UTF_8)).as(content))
            .ofView(view));
  }
}
