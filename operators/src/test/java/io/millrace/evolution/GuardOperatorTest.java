package io.millrace.evolution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.Field;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.RecordFormat;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.MultiInputStreamOperatorTestHarness;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class GuardOperatorTest {

  private static final int RECORDS = 0;
  private static final int VERSIONS = 1;
  private static final long NEW_YEAR = 1_356_998_400_000L;
  private static final LogicalType STRING = new VarCharType(VarCharType.MAX_LENGTH);

  private static final String DEPARTURE =
      "{\"dest\":\"LAX\",\"at\":\"2013-01-01T00:00:00Z\",\"delay\":3}";
  private static final String RENAMED =
      "{\"destination\":\"LAX\",\"at\":\"2013-01-01T00:00:00Z\",\"delay\":3}";

  private final Source source = flights("dest");

  @Test
  void shouldPassCleanRecordsUntouched() throws Exception {
    try (var guard = guard(ContractLog.NONE)) {
      guard.open();
      Ingested clean = admit(DEPARTURE);

      guard.processElement(RECORDS, new StreamRecord<>(clean, NEW_YEAR));

      assertThat(outputs(guard)).singleElement().extracting(Ingested::row).isEqualTo(clean.row());
    }
  }

  @Test
  void shouldReadARenamedFieldAsSoonAsItHearsOfTheAlias() throws Exception {
    try (var guard = guard(ContractLog.NONE)) {
      guard.open();
      guard.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));

      guard.processElement(VERSIONS, new StreamRecord<>(version(renamed(), "flights")));
      guard.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));

      assertThat(outputs(guard).get(0).deadLetter().reason())
          .isEqualTo(DeadLetterReason.MISSING_FIELD);
      assertThat(outputs(guard).get(1).row().getString(0)).hasToString("LAX");
    }
  }

  @Test
  void shouldGiveARepairedRowItsEventTime() throws Exception {
    try (var guard = guard(() -> Map.of("flights", renamed()))) {
      guard.open();

      guard.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 17));

      StreamRecord<?> record = (StreamRecord<?>) guard.getOutput().poll();
      assertThat(record.getTimestamp()).isEqualTo(NEW_YEAR);
    }
  }

  @Test
  void shouldKnowTheVersionOfItsCheckpointAndANewerOneOfTheTopic() throws Exception {
    OperatorSubtaskState state;
    try (var guard = guard(ContractLog.NONE)) {
      guard.open();
      guard.processElement(VERSIONS, new StreamRecord<>(version(renamed(), "flights")));
      state = guard.snapshot(1, 1);
    }
    try (var restored = guard(ContractLog.NONE)) {
      restored.initializeState(state);
      restored.open();
      restored.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));
      assertThat(outputs(restored).get(0).isRow()).isTrue();
    }
    ContractVersion revoked =
        renamed()
            .next(
                "revoked",
                NEW_YEAR,
                renamed().fieldsWith("dest", it -> it.withoutAlias("destination")),
                Set.of());
    try (var restored = guard(() -> Map.of("flights", revoked))) {
      restored.initializeState(state);
      restored.open();
      restored.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));
      assertThat(outputs(restored).get(0).isDeadLetter()).isTrue();
    }
  }

  @Test
  void shouldKeepAliasesWhenTheContractFileWasEditedMeanwhile() throws Exception {
    try (var guard = guard(flights("dest", "gate"), () -> Map.of("flights", renamed()))) {
      guard.open();

      guard.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));

      assertThat(outputs(guard).get(0).isRow()).isTrue();
    }
  }

  @Test
  void shouldTellWhatItSawWithTheNextTimerOrCheckpoint() throws Exception {
    try (var guard = guard(ContractLog.NONE)) {
      guard.open();
      guard.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));
      assertThat(told(guard)).isEmpty();

      guard.setProcessingTime(1_000);

      assertThat(told(guard))
          .extracting(Observation::kind)
          .containsExactlyInAnyOrder(
              Observation.Kind.STARTED, Observation.Kind.NEW_FIELD, Observation.Kind.ABSENT);
      Observation renamed =
          told(guard).stream()
              .filter(it -> it.kind() == Observation.Kind.NEW_FIELD)
              .findFirst()
              .orElseThrow();
      assertThat(renamed.field()).isEqualTo("destination");
      assertThat(renamed.absentWith()).containsEntry("dest", 1L);

      guard.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));
      guard.prepareSnapshotPreBarrier(7);
      assertThat(told(guard)).hasSize(5);
    }
  }

  @Test
  void shouldTakeEventTimeFromTheRecordsAlone() throws Exception {
    try (var guard = guard(ContractLog.NONE)) {
      guard.open();
      guard.processWatermark(VERSIONS, new Watermark(99));
      guard.processWatermarkStatus(VERSIONS, WatermarkStatus.IDLE);
      assertThat(guard.getOutput()).isEmpty();

      guard.processWatermark(RECORDS, new Watermark(5));

      assertThat(guard.getOutput()).containsExactly(new Watermark(5));
    }
  }

  @Test
  void shouldPassOverVersionsOfOtherSourcesAndThoseItCannotRead() throws Exception {
    try (var guard = guard(ContractLog.NONE)) {
      guard.open();
      guard.processElement(VERSIONS, new StreamRecord<>(version(renamed(), "planes")));
      guard.processElement(
          VERSIONS,
          new StreamRecord<>(ContractMessage.of(new StoredVersion("flights", "{\"format\":99}"))));

      guard.processElement(RECORDS, new StreamRecord<>(admit(RENAMED), 0));

      assertThat(outputs(guard).get(0).isDeadLetter()).isTrue();
    }
  }

  private ContractVersion renamed() {
    ContractVersion file = ContractVersion.ofFile("flights", source.contract(), 0);
    return file.next(
        "renamed", NEW_YEAR, file.fieldsWith("dest", it -> it.withAlias("destination")), Set.of());
  }

  private static ContractMessage version(ContractVersion version, String source) {
    return ContractMessage.of(new StoredVersion(source, StoredVersion.of(version).json()));
  }

  private Ingested admit(String json) {
    return new Guard(Guard.Settings.of(source), () -> NEW_YEAR)
        .admit(
            json.getBytes(UTF_8),
            NEW_YEAR,
            () -> DeadLetter.Coordinates.kafka("flights", 0, 0, null));
  }

  private MultiInputStreamOperatorTestHarness<Ingested> guard(ContractLog log) throws Exception {
    return guard(source, log);
  }

  private static MultiInputStreamOperatorTestHarness<Ingested> guard(Source source, ContractLog log)
      throws Exception {
    GuardSettings settings =
        new GuardSettings(
            SourceContract.of(source), Guard.Settings.of(source), RecordFormat.JSON, log);
    return new MultiInputStreamOperatorTestHarness<>(
        new GuardOperatorFactory(settings, ChainingStrategy.ALWAYS));
  }

  private static List<Ingested> outputs(MultiInputStreamOperatorTestHarness<Ingested> guard) {
    List<Ingested> outputs = new ArrayList<>();
    for (Object each : guard.getOutput()) {
      if (each instanceof StreamRecord<?> record && record.getValue() instanceof Ingested it) {
        outputs.add(it);
      }
    }
    return outputs;
  }

  private static List<Observation> told(MultiInputStreamOperatorTestHarness<Ingested> guard) {
    var told = guard.getSideOutput(GuardOperator.OBSERVATIONS);
    return told == null
        ? List.of()
        : told.stream().map(record -> record.getValue().observation()).toList();
  }

  private static Source flights(String... strings) {
    List<Field> fields = new ArrayList<>();
    for (String name : strings) {
      fields.add(
          new Field(
              name,
              STRING.copy(!name.equals("dest")),
              name.equals("dest"),
              0,
              Optional.empty(),
              ""));
    }
    fields.add(
        new Field("at", new LocalZonedTimestampType(false, 3), true, 0, Optional.empty(), ""));
    fields.add(new Field("delay", new IntType(), false, 0, Optional.empty(), ""));
    return new Source(
        "flights",
        new KafkaOrigin(
            "flights",
            "localhost:9092",
            KafkaOrigin.Format.JSON,
            "group",
            KafkaOrigin.StartFrom.EARLIEST,
            Map.of()),
        new Contract("flights", "1.0.0", "", fields),
        new EventTime(Optional.of("at"), Duration.ofMinutes(5), Optional.empty(), false));
  }
}
