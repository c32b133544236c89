package io.millrace.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.ControlMessage;
import io.millrace.records.SchemaChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContractKeeperTest {

  private static final LogicalType STRING = new VarCharType(VarCharType.MAX_LENGTH);
  private static final ContractMessage STARTED = ContractMessage.of(Observation.started("flights"));

  private final Source source = flights("1.0.0", "carrier");

  @Test
  void shouldPublishTheFileWhenItIsTheFirstToSpeak() throws Exception {
    try (var keeper = keeper(source, ContractLog.NONE)) {
      keeper.processElement(new StreamRecord<>(STARTED));
      keeper.processElement(new StreamRecord<>(STARTED));

      assertThat(versions(keeper)).extracting(ContractVersion::label).containsExactly("1.0.0");
    }
  }

  @Test
  void shouldSayNothingNewWhenTheTopicKnowsTheSame() throws Exception {
    ContractVersion file = ContractVersion.ofFile("flights", source.contract(), 0);
    try (var keeper = keeper(source, () -> Map.of("flights", file))) {
      keeper.processElement(new StreamRecord<>(STARTED));

      assertThat(versions(keeper)).isEmpty();
    }
  }

  @Test
  void shouldMakeTheNextRevisionOfTheTopicsVersion() throws Exception {
    ContractVersion fifth = revision(5);
    try (var keeper = keeper(source, () -> Map.of("flights", fifth))) {
      keeper.processElement(new StreamRecord<>(STARTED));
      keeper.processElement(new StreamRecord<>(approve("gate", "flights")));

      assertThat(versions(keeper)).extracting(ContractVersion::label).containsExactly("1.0.0+6");
      assertThat(changes(keeper))
          .extracting(SchemaChange::status)
          .containsExactly(SchemaChange.Status.APPLIED);
    }
  }

  @Test
  void shouldGoOnFromItsCheckpointUnlessTheTopicIsAhead() throws Exception {
    OperatorSubtaskState state;
    try (var keeper = keeper(source, ContractLog.NONE)) {
      keeper.processElement(new StreamRecord<>(STARTED));
      keeper.processElement(new StreamRecord<>(approve("gate", "flights")));
      state = keeper.snapshot(1, 1);
    }
    try (var restored = restored(source, ContractLog.NONE, state)) {
      restored.processElement(new StreamRecord<>(STARTED));
      assertThat(versions(restored)).extracting(ContractVersion::label).containsExactly("1.0.0+1");
      assertThat(versions(restored).get(0).field("gate")).isPresent();
    }
    ContractVersion ninth = revision(9);
    try (var restored = restored(source, () -> Map.of("flights", ninth), state)) {
      restored.processElement(new StreamRecord<>(approve("door", "flights")));
      assertThat(versions(restored)).extracting(ContractVersion::revision).containsExactly(10);
    }
  }

  @Test
  void shouldPutWhatItLearnedOnTopOfAnEditedFile() throws Exception {
    OperatorSubtaskState state;
    try (var keeper = keeper(source, ContractLog.NONE)) {
      keeper.processElement(new StreamRecord<>(STARTED));
      keeper.processElement(new StreamRecord<>(approve("gate", "flights")));
      state = keeper.snapshot(1, 1);
    }
    try (var restored = restored(flights("1.1.0", "carrier", "dest"), ContractLog.NONE, state)) {
      restored.processElement(new StreamRecord<>(STARTED));

      ContractVersion version = versions(restored).get(0);
      assertThat(version.label()).isEqualTo("1.1.0+2");
      assertThat(version.fields())
          .extracting(it -> it.name())
          .containsExactly("carrier", "dest", "gate");
    }
  }

  @Test
  void shouldTakeOverAGreaterRevisionThatSomebodyElseWrote() throws Exception {
    try (var keeper = keeper(source, ContractLog.NONE)) {
      keeper.processElement(new StreamRecord<>(STARTED));
      keeper.processElement(new StreamRecord<>(ContractMessage.of(StoredVersion.of(revision(7)))));
      keeper.processElement(new StreamRecord<>(approve("gate", "flights")));

      assertThat(versions(keeper)).extracting(ContractVersion::revision).containsExactly(0, 8);
    }
  }

  @Test
  void shouldAnswerMessagesAboutSourcesThatTheJobDoesNotHave() throws Exception {
    try (var keeper = keeper(source, ContractLog.NONE)) {
      keeper.processElement(new StreamRecord<>(approve("gate", "planes")));

      assertThat(changes(keeper))
          .singleElement()
          .satisfies(it -> assertThat(it.status()).isEqualTo(SchemaChange.Status.REJECTED))
          .satisfies(it -> assertThat(it.reasons().get(0)).contains("no source planes", "flights"));
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {ContractMessage.class, Learned.class, StoredVersion.class})
  void shouldKeepStateAndMessagesWithoutKryo(Class<?> record) {
    PojoTestUtils.assertSerializedAsPojoWithoutKryo(record);
  }

  private ContractVersion revision(int revision) {
    ContractVersion version = ContractVersion.ofFile("flights", source.contract(), 0);
    while (version.revision() < revision) {
      version = version.next("again", 0, version.fields(), Set.of());
    }
    return version;
  }

  private static ContractMessage approve(String field, String source) {
    return ContractMessage.of(
        new ControlMessage(
            "approve-" + field,
            ControlMessage.Action.APPROVE,
            ControlMessage.Subject.NEW_FIELD,
            source,
            field,
            "",
            "ana",
            0));
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ContractMessage, SchemaChange>
      keeper(Source source, ContractLog log) throws Exception {
    return restored(source, log, null);
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ContractMessage, SchemaChange>
      restored(Source source, ContractLog log, OperatorSubtaskState state) throws Exception {
    var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new ContractKeeper(List.of(SourceContract.of(source)), log)),
            ContractMessage::source,
            Types.STRING);
    harness.setup(
        TypeInformation.of(SchemaChange.class)
            .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  private static List<ContractVersion> versions(
      KeyedOneInputStreamOperatorTestHarness<String, ContractMessage, SchemaChange> keeper) {
    var stored = keeper.getSideOutput(ContractKeeper.VERSIONS);
    List<ContractVersion> versions = new ArrayList<>();
    if (stored != null) {
      stored.forEach(record -> versions.add(record.getValue().version()));
    }
    return versions;
  }

  private static List<SchemaChange> changes(
      KeyedOneInputStreamOperatorTestHarness<String, ContractMessage, SchemaChange> keeper) {
    return keeper.extractOutputValues();
  }

  private static Source flights(String version, String... names) {
    List<Field> fields = new ArrayList<>();
    for (String name : names) {
      fields.add(new Field(name, STRING, false, 0, Optional.empty(), ""));
    }
    return new Source(
        "flights",
        new KafkaOrigin(
            "flights",
            "localhost:9092",
            KafkaOrigin.Format.JSON,
            "group",
            KafkaOrigin.StartFrom.EARLIEST,
            Map.of()),
        new Contract("flights", version, "", fields),
        new EventTime(Optional.empty(), Duration.ZERO, Optional.empty(), false));
  }
}
