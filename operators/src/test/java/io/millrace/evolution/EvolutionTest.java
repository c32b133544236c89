package io.millrace.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.Field;
import io.millrace.contract.VersionedField;
import io.millrace.inference.FieldProfile;
import io.millrace.ingest.Deviation;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.records.ControlMessage;
import io.millrace.records.SchemaChange;
import io.millrace.records.SchemaChange.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class EvolutionTest {

  private static final long NOW = 1_767_225_600_000L;
  private static final LogicalType STRING = new VarCharType(VarCharType.MAX_LENGTH);

  private final Contract flights =
      new Contract(
          "flights",
          "1.0.0",
          "",
          List.of(
              field("carrier", STRING.copy(false)),
              field("flight", new IntType(false)),
              field("dep_delay_minutes", new IntType()),
              field("air_time_minutes", new IntType())));

  private SchemaDrift policies = SchemaDrift.DEFAULT;
  private Learned learned = Evolution.of(ContractVersion.ofFile("flights", flights, NOW));
  private int messages;

  @Test
  void shouldTakeInANewFieldOnceEnoughRecordsHaveIt() {
    assertThat(observe(newField("gate", 9, i -> "\"B" + i + "\"")).changes()).isEmpty();

    Decision decision = observe(newField("gate", 1, i -> "\"B12\""));

    VersionedField gate = decision.version().orElseThrow().field("gate").orElseThrow();
    assertThat(gate.type().is(LogicalTypeRoot.VARCHAR)).isTrue();
    assertThat(gate.isActive()).isTrue();
    assertThat(gate.firstSeenMillis()).isEqualTo(NOW);
    assertThat(gate.sample()).startsWith("\"B");
    assertThat(decision.version().orElseThrow().label()).isEqualTo("1.0.0+1");
    assertThat(decision.changes()).extracting(SchemaChange::status).containsExactly(Status.APPLIED);
  }

  @Test
  void shouldHoldPersonalDataBackUntilSomebodyApproves() {
    Decision decision =
        observe(newField("contact_email", 20, i -> "\"passenger" + i + "@example.com\""));

    VersionedField email = decision.version().orElseThrow().field("contact_email").orElseThrow();
    assertThat(email.status()).isEqualTo(VersionedField.Status.PENDING);
    assertThat(email.isPii()).isTrue();
    assertThat(email.sample()).doesNotContain("passenger");
    assertThat(decision.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.status()).isEqualTo(Status.SUGGESTED))
        .satisfies(change -> assertThat(change.sample()).doesNotContain("passenger"));

    Decision approved =
        obey(ControlMessage.Action.APPROVE, ControlMessage.Subject.NEW_FIELD, "contact_email", "");

    assertThat(approved.version().orElseThrow().field("contact_email").orElseThrow().isActive())
        .isTrue();
  }

  @Test
  void shouldSuggestARenameAndApplyItWhenAPersonApproves() {
    observe(known("dep_delay_minutes", 50, i -> Integer.toString(i - 10)));
    observe(known("air_time_minutes", 50, i -> Integer.toString(300 + i)));

    Decision suggested =
        observe(
            renamed("departure_delay_minutes", "dep_delay_minutes", i -> Integer.toString(i - 9)));

    assertThat(suggested.version()).isEmpty();
    assertThat(suggested.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.kind()).isEqualTo(SchemaChange.Kind.RENAME))
        .satisfies(change -> assertThat(change.status()).isEqualTo(Status.SUGGESTED))
        .satisfies(change -> assertThat(change.before()).isEqualTo("dep_delay_minutes"))
        .satisfies(change -> assertThat(change.confidence()).isGreaterThan(0.5))
        .satisfies(change -> assertThat(change.reasons()).isNotEmpty());

    Decision approved =
        obey(
            ControlMessage.Action.APPROVE,
            ControlMessage.Subject.RENAME,
            "departure_delay_minutes",
            "dep_delay_minutes");

    assertThat(approved.version().orElseThrow().field("dep_delay_minutes").orElseThrow().aliases())
        .containsExactly("departure_delay_minutes");
    assertThat(approved.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.decidedBy()).isEqualTo("ana"))
        .satisfies(change -> assertThat(change.status()).isEqualTo(Status.APPLIED));
  }

  @Test
  void shouldApplyARenameByItselfWhereThePolicySaysSo() {
    policies = policies(Map.of(Kind.RENAME, Policy.EVOLVE), 0.5, false);
    observe(known("dep_delay_minutes", 50, i -> Integer.toString(i - 10)));

    Decision decision =
        observe(
            renamed("departure_delay_minutes", "dep_delay_minutes", i -> Integer.toString(i - 9)));

    assertThat(decision.version().orElseThrow().fieldOfAlias("departure_delay_minutes"))
        .isPresent();
  }

  @Test
  void shouldNeverSuggestAgainWhatAPersonTookBack() {
    policies = policies(Map.of(Kind.RENAME, Policy.EVOLVE), 0.5, false);
    observe(known("dep_delay_minutes", 50, i -> Integer.toString(i - 10)));
    observe(renamed("departure_delay_minutes", "dep_delay_minutes", i -> Integer.toString(i - 9)));

    Decision revoked =
        obey(
            ControlMessage.Action.REVOKE,
            ControlMessage.Subject.RENAME,
            "departure_delay_minutes",
            "");
    Decision later =
        observe(
            renamed("departure_delay_minutes", "dep_delay_minutes", i -> Integer.toString(i - 9)));

    assertThat(revoked.version().orElseThrow().fieldOfAlias("departure_delay_minutes")).isEmpty();
    assertThat(revoked.changes()).extracting(SchemaChange::status).containsExactly(Status.REVOKED);
    assertThat(later.version().orElseThrow().field("departure_delay_minutes"))
        .get()
        .satisfies(field -> assertThat(field.isFromFile()).isFalse());
  }

  @Test
  void shouldNotTakeAFieldThatIsStillSentForRenamed() {
    observe(known("dep_delay_minutes", 50, i -> Integer.toString(i - 10)));

    Decision decision =
        observe(newField("departure_delay_minutes", 20, i -> Integer.toString(i - 9)));

    assertThat(decision.changes())
        .extracting(SchemaChange::kind)
        .containsExactly(SchemaChange.Kind.NEW_FIELD);
  }

  @Test
  void shouldWidenAnIntegerWhenWiderValuesComeAndSayWhatDoesNotFit() {
    assertThat(observe(type("flight", "BIGINT", 9, Deviation.Outcome.ADAPTED)).changes()).isEmpty();

    Decision widened = observe(type("flight", "BIGINT", 1, Deviation.Outcome.ADAPTED));
    Decision conflict = observe(type("flight", "STRING", 20, Deviation.Outcome.QUARANTINED));

    assertThat(widened.version().orElseThrow().field("flight").orElseThrow().type())
        .isEqualTo(new BigIntType(false));
    assertThat(conflict.version()).isEmpty();
    assertThat(conflict.changes()).extracting(SchemaChange::status).containsExactly(Status.NOTICED);
  }

  @Test
  void shouldCarryConflictingValuesAsAVariantWhereTheGuardDoes() {
    Decision decision = observe(type("flight", "STRING", 20, Deviation.Outcome.CARRIED));

    assertThat(decision.version().orElseThrow().evolved())
        .singleElement()
        .satisfies(field -> assertThat(field.origin()).isEqualTo(VersionedField.Origin.VARIANT));
  }

  @Test
  void shouldChangeNothingInADryRun() {
    policies = policies(Map.of(), 0.9, true);

    Decision decision = observe(newField("gate", 20, i -> "\"B" + i + "\""));

    assertThat(decision.version()).isEmpty();
    assertThat(decision.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.status()).isEqualTo(Status.NOTICED))
        .satisfies(change -> assertThat(change.reasons()).anyMatch(it -> it.contains("dry run")));
  }

  @Test
  void shouldObeyAMessageOnceHoweverOftenItIsRead() {
    ControlMessage message =
        message(ControlMessage.Action.APPROVE, ControlMessage.Subject.NEW_FIELD, "gate", "");
    assertThat(obey(message).changes()).hasSize(1);

    assertThat(obey(message)).isEqualTo(new Decision(Optional.empty(), List.of()));
  }

  @Test
  void shouldAnswerWhatCannotBeDone() {
    Decision decision =
        obey(ControlMessage.Action.APPROVE, ControlMessage.Subject.RENAME, "gate", "door");

    assertThat(decision.changes())
        .singleElement()
        .satisfies(change -> assertThat(change.status()).isEqualTo(Status.REJECTED))
        .satisfies(
            change ->
                assertThat(change.reasons())
                    .containsExactly("the contract file has no field door"));
  }

  @Test
  void shouldForgetWhichNamesItSawBeyondABound() {
    for (int i = 0; i < 2 * Learned.MAX_FIELDS; i++) {
      observe(newField("field_" + i, 1, value -> "1"));
    }

    assertThat(learned.newFields()).hasSize(Learned.MAX_FIELDS);
  }

  private Decision observe(Observation observation) {
    Evolution evolution = new Evolution(policies, learned);
    evolution.observe(observation, NOW);
    learned = evolution.learned();
    return evolution.decision();
  }

  private Decision obey(
      ControlMessage.Action action, ControlMessage.Subject subject, String field, String target) {
    return obey(message(action, subject, field, target));
  }

  private Decision obey(ControlMessage message) {
    Evolution evolution = new Evolution(policies, learned);
    evolution.obey(message, NOW);
    learned = evolution.learned();
    return evolution.decision();
  }

  private ControlMessage message(
      ControlMessage.Action action, ControlMessage.Subject subject, String field, String target) {
    return new ControlMessage(
        "message-" + ++messages, action, subject, "flights", field, target, "ana", NOW);
  }

  private static Observation newField(String name, int records, IntFunction<String> value) {
    return observation(name, records, value, Map.of());
  }

  private static Observation renamed(String name, String missing, IntFunction<String> value) {
    return observation(name, 30, value, Map.of(missing, 30L));
  }

  private static Observation observation(
      String name, int records, IntFunction<String> value, Map<String, Long> absentWith) {
    return new Observation(
        "flights",
        Observation.Kind.NEW_FIELD,
        name,
        "",
        "",
        "",
        Deviation.Outcome.CARRIED,
        records,
        profile(records, value).evidence(),
        absentWith);
  }

  private static Observation known(String name, int records, IntFunction<String> value) {
    return Observation.known("flights", name, profile(records, value).evidence());
  }

  private static Observation type(
      String field, String found, int records, Deviation.Outcome outcome) {
    return new Observation(
        "flights",
        Observation.Kind.TYPE_CHANGE,
        field,
        found,
        "INT",
        "1",
        outcome,
        records,
        profile(0, i -> "").evidence(),
        Map.of());
  }

  private static FieldProfile profile(int records, IntFunction<String> value) {
    FieldProfile profile = new FieldProfile();
    IntStream.range(0, records).forEach(i -> profile.observe(value.apply(i), NOW));
    return profile;
  }

  private static SchemaDrift policies(
      Map<Kind, Policy> policies, double renameThreshold, boolean dryRun) {
    return new SchemaDrift(policies, renameThreshold, Set.of(), false, dryRun, Map.of());
  }

  private static Field field(String name, LogicalType type) {
    return new Field(name, type, !type.isNullable(), 0, Optional.empty(), "");
  }
}
