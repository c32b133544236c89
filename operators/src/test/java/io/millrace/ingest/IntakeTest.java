package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private static final long NOW = Instant.parse("2026-01-01T12:00:00Z").toEpochMilli();
  private static final long AN_HOUR_AGO = NOW - 3_600_000;
  private static final byte[] RAW = {'{', '}'};
  private static final DeadLetter.Coordinates OFFSET_42 =
      DeadLetter.Coordinates.kafka("flights", 0, 42, null);

  @Test
  void shouldTakeTheEventTimeFromItsField() {
    Ingested ingested = accept(intake(Optional.of("at")), row(AN_HOUR_AGO), NOW);

    assertThat(ingested.eventTimeMillis()).isEqualTo(AN_HOUR_AGO);
  }

  @Test
  void shouldTakeTheEventTimeFromEpochMilliseconds() {
    Ingested ingested = accept(intake(Optional.of("millis")), GenericRowData.of(null, 17L, 1), NOW);

    assertThat(ingested.eventTimeMillis()).isEqualTo(17L);
  }

  @Test
  void shouldTakeTheRecordsTimeWhenNoFieldIsNamed() {
    Ingested ingested = accept(intake(Optional.empty()), row(AN_HOUR_AGO), NOW - 1);

    assertThat(ingested.eventTimeMillis()).isEqualTo(NOW - 1);
  }

  @Test
  void shouldRefuseARowWithoutEventTime() {
    GenericRowData row = GenericRowData.of(null, 17L, 1);

    DeadLetter letter = accept(intake(Optional.of("at")), row, NOW).deadLetter();

    assertThat(letter.reason()).isEqualTo(DeadLetterReason.MISSING_EVENT_TIME);
    assertThat(letter.field()).isEqualTo("at");
    assertThat(letter.coordinates().position()).isEqualTo(42);
    assertThat(letter.raw().bytes()).isEqualTo(RAW);
    assertThat(letter.timeMillis()).isEqualTo(NOW);
    assertThat(accept(intake(Optional.empty()), row, -1).deadLetter().reason())
        .isEqualTo(DeadLetterReason.MISSING_EVENT_TIME);
  }

  @Test
  void shouldRefuseAnEventTimeThatWouldPoisonTheWatermark() {
    Intake intake = intake(Optional.of("at"));
    long tomorrow = NOW + Intake.DEFAULT_MAX_AHEAD.toMillis();

    assertThat(accept(intake, row(tomorrow), NOW).isRow()).isTrue();
    DeadLetter letter = accept(intake, row(tomorrow + 1), NOW).deadLetter();

    assertThat(letter.reason()).isEqualTo(DeadLetterReason.EVENT_TIME_IN_FUTURE);
    assertThat(letter.message()).contains("2026-01-02T12:00:00.001Z").contains("PT24H");
  }

  @Test
  void shouldRefuseAtStartAnEventTimeFieldThatIsNoTime() {
    assertThatThrownBy(() -> intake(Optional.of("flight")))
        .hasMessageContaining("'flight' is INT")
        .hasMessageContaining("epoch milliseconds");
    assertThatThrownBy(() -> intake(Optional.of("departed")))
        .hasMessageContaining("'departed' is not in contract 'flights'");
  }

  @Test
  void shouldTravelBetweenOperators() throws Exception {
    Contract contract = contract();
    TypeSerializer<Ingested> serializer =
        new IngestedTypeInfo(contract.rowType()).createSerializer(new SerializerConfigImpl());
    GenericRowData before = row(AN_HOUR_AGO);
    before.setRowKind(RowKind.UPDATE_BEFORE);
    Ingested row = Ingested.row(before, AN_HOUR_AGO).ofSnapshot().uncounted();
    Ingested letter = accept(intake(Optional.of("at")), GenericRowData.of(null, 17L, 1), NOW);

    Ingested readRow = writeAndRead(serializer, row);
    Ingested readLetter = writeAndRead(serializer.duplicate(), letter);

    RowData same = new RowDataSerializer(contract.rowType()).toBinaryRow(before);
    assertThat(new RowDataSerializer(contract.rowType()).toBinaryRow(readRow.row()))
        .isEqualTo(same);
    assertThat(readRow.row().getRowKind()).isEqualTo(RowKind.UPDATE_BEFORE);
    assertThat(readRow.snapshot()).isTrue();
    assertThat(readRow.counted()).isFalse();
    assertThat(readRow.eventTimeMillis()).isEqualTo(AN_HOUR_AGO);
    assertThat(readLetter).usingRecursiveComparison().isEqualTo(letter);
  }

  private static Ingested writeAndRead(TypeSerializer<Ingested> serializer, Ingested ingested)
      throws Exception {
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(ingested, out);
    return serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  private static Ingested accept(Intake intake, GenericRowData row, long recordTimeMillis) {
    return intake.accept(new Decoding.Row(row, 0), recordTimeMillis, () -> OFFSET_42, () -> RAW);
  }

  private static GenericRowData row(long at) {
    return GenericRowData.of(TimestampData.fromEpochMillis(at), 17L, 1);
  }

  private static Intake intake(Optional<String> eventTimeField) {
    Source source =
        new Source(
            "flights",
            new KafkaOrigin(
                "flights",
                "localhost:9092",
                KafkaOrigin.Format.JSON,
                "group",
                KafkaOrigin.StartFrom.EARLIEST,
                Map.of()),
            contract(),
            new EventTime(eventTimeField, Duration.ZERO, Optional.empty(), false));
    return new Intake(Intake.Settings.of(source), () -> NOW);
  }

  private static Contract contract() {
    return new Contract(
        "flights",
        "1.0.0",
        "",
        List.of(
            field("at", new LocalZonedTimestampType(3)),
            field("millis", new BigIntType()),
            field("flight", new IntType())));
  }

  private static Field field(String name, LogicalType type) {
    return new Field(name, type, false, false, Optional.empty(), "");
  }
}
