package io.millrace.ingest;

import static io.millrace.ingest.GuardFixture.NOW;
import static io.millrace.ingest.GuardFixture.optional;
import static io.millrace.ingest.GuardFixture.pii;
import static io.millrace.ingest.GuardFixture.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.Deviation.Outcome;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.records.DeadLetterReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each policy makes of each kind of deviation. */
class GuardTest {

  private static final LogicalType STRING = new VarCharType(VarCharType.MAX_LENGTH);
  private static final LogicalType INT = new IntType();

  private static GuardFixture flights() {
    return GuardFixture.of(
        required("id", STRING),
        required("seats", INT),
        optional("delay", INT, "dep_delay"),
        pii("email", STRING));
  }

  static List<Arguments> everyPolicy() {
    List<Arguments> all = new ArrayList<>();
    for (Kind kind :
        List.of(
            Kind.NEW_FIELD,
            Kind.TYPE_CHANGE,
            Kind.MISSING_FIELD,
            Kind.NULL_IN_REQUIRED,
            Kind.QUALITY)) {
      kind.allowed().forEach(policy -> all.add(Arguments.of(kind, policy)));
    }
    return all;
  }

  private static String recordWith(Kind kind) {
    return switch (kind) {
      case NEW_FIELD -> "{\"id\":\"a\",\"seats\":1,\"gate\":\"B12\"}";
      // A string is no integer, whatever is evolved.
      case TYPE_CHANGE -> "{\"id\":\"a\",\"seats\":1,\"delay\":\"late\"}";
      case MISSING_FIELD -> "{\"id\":\"a\"}";
      case NULL_IN_REQUIRED -> "{\"id\":\"a\",\"seats\":null}";
      case QUALITY -> "{\"id\":\"a\",\"seats\":1,\"delay\":5000}";
      case RENAME -> throw new IllegalArgumentException("nothing that one record shows");
    };
  }

  private static Outcome expected(Kind kind, Policy policy) {
    return switch (policy) {
      case EVOLVE -> kind == Kind.NEW_FIELD ? Outcome.CARRIED : Outcome.QUARANTINED;
      case IGNORE -> Outcome.IGNORED;
      case DISCARD_VALUE -> Outcome.DISCARDED_VALUE;
      case DISCARD_ROW -> Outcome.DISCARDED_ROW;
      case QUARANTINE -> Outcome.QUARANTINED;
      case FAIL -> Outcome.FAILED;
      case SUGGEST -> throw new IllegalArgumentException("of renames only");
    };
  }

  private static DeadLetterReason reason(Kind kind) {
    return switch (kind) {
      case NEW_FIELD -> DeadLetterReason.UNKNOWN_FIELD;
      case TYPE_CHANGE -> DeadLetterReason.WRONG_TYPE;
      case QUALITY -> DeadLetterReason.QUALITY;
      default -> DeadLetterReason.MISSING_FIELD;
    };
  }

  private static final RowRules DELAY_BELOW_2000 =
      row ->
          !row.isNullAt(2) && row.getLong(2) > 2_000
              ? List.of(new RowRules.Broken("delay", "delay_max", "at most 2000", "5000"))
              : List.of();

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("everyPolicy")
  void shouldDoWhatThePolicySays(Kind kind, Policy policy) {
    GuardFixture flights = flights().with(kind, policy).withRules(DELAY_BELOW_2000);
    Guard guard = flights.guard();
    Outcome expected = expected(kind, policy);

    Ingested admitted = GuardFixture.admit(guard, recordWith(kind));

    assertThat(admitted.drift().deviations())
        .singleElement()
        .satisfies(
            deviation -> {
              assertThat(deviation.kind()).isEqualTo(kind);
              assertThat(deviation.outcome()).isEqualTo(expected);
            });
    assertThat(admitted.drift().outcome()).isEqualTo(expected);
    assertThat(admitted.isRow()).isEqualTo(expected.isAccepted());
    if (expected == Outcome.FAILED) {
      assertThatThrownBy(() -> guard.settle(admitted))
          .isInstanceOf(DriftException.class)
          .hasMessageContaining("flights partition 3 position 42")
          .hasMessageContaining("The policy for this is fail");
      return;
    }
    Ingested settled = guard.settle(admitted);
    assertThat(settled.isRow()).isEqualTo(expected.isAccepted());
    assertThat(settled.isDiscarded()).isEqualTo(expected == Outcome.DISCARDED_ROW);
    assertThat(settled.isDeadLetter()).isEqualTo(expected == Outcome.QUARANTINED);
    assertThat(settled.drift().raw()).isEmpty();
    if (settled.isDeadLetter()) {
      assertThat(settled.deadLetter().reason()).isEqualTo(reason(kind));
      assertThat(new String(settled.deadLetter().raw().bytes())).isEqualTo(recordWith(kind));
    }
    if (expected == Outcome.DISCARDED_VALUE) {
      String field = kind == Kind.TYPE_CHANGE || kind == Kind.QUALITY ? "delay" : "seats";
      assertThat(flights.value(settled, field)).isNull();
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("everyPolicy")
  void shouldOnlyReportInADryRun(Kind kind, Policy policy) {
    GuardFixture flights = flights().with(kind, policy).withRules(DELAY_BELOW_2000).dryRun();

    Ingested settled = flights.settle(recordWith(kind));

    assertThat(settled.drift().deviations())
        .extracting(Deviation::outcome)
        .containsExactly(expected(kind, policy));
    if (kind == Kind.NEW_FIELD || kind == Kind.QUALITY) {
      assertThat(settled.isRow()).isTrue();
      if (kind == Kind.NEW_FIELD && policy == Policy.EVOLVE) {
        assertThat(flights.evolved(settled)).isEmpty();
      }
    } else {
      assertThat(settled.deadLetter().reason()).isEqualTo(reason(kind));
    }
  }

  @Test
  void shouldCarryANewFieldAsItWasWritten() {
    GuardFixture flights = flights();

    Ingested row =
        flights.settle(
            "{\"id\":\"a\",\"gate\" : {\"no\": [1, \"Zü\\u00e9\"]} ,\"seats\":1,\"n\":-1.50e3,\"x\":null}");

    assertThat(flights.evolved(row))
        .isEqualTo(Map.of("gate", "{\"no\": [1, \"Zü\\u00e9\"]}", "n", "-1.50e3", "x", "null"));
    assertThat(row.drift().deviations())
        .extracting(Deviation::field, Deviation::found, Deviation::sample)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("gate", "OBJECT", "{\"no\": [1, \"Zü\\u00e9\"]}"),
            org.assertj.core.groups.Tuple.tuple("n", "DECIMAL(4, 0)", "-1.50e3"),
            org.assertj.core.groups.Tuple.tuple("x", "NULL", "null"));
  }

  @Test
  void shouldNameTheOptionalFieldsThatARecordWithNewOnesLacks() {
    assertThat(
            flights()
                .settle("{\"id\":\"a\",\"seats\":1,\"mail\":\"b\",\"delay\":1}")
                .drift()
                .absent())
        .containsExactly("email");
    assertThat(flights().settle("{\"id\":\"a\",\"seats\":1,\"delay\":\"x\"}").drift().absent())
        .isEmpty();
  }

  @Test
  void shouldHoldBackNewFieldsThatTheScreenRefuses() {
    GuardFixture flights = flights().withScreen((name, json) -> !json.contains("@"));

    Ingested row =
        flights.settle("{\"id\":\"a\",\"seats\":1,\"contact\":\"a@b.example\",\"gate\":1}");

    assertThat(flights.evolved(row)).containsOnlyKeys("gate");
    assertThat(row.drift().deviations())
        .extracting(Deviation::field, Deviation::outcome)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("contact", Outcome.IGNORED),
            org.assertj.core.groups.Tuple.tuple("gate", Outcome.CARRIED));
  }

  @Test
  void shouldKeepIntegersThatOutgrewTheirType() {
    GuardFixture flights = flights();

    Ingested row =
        flights.settle("{\"id\":\"a\",\"seats\":3000000000,\"delay\":-9223372036854775808}");

    assertThat(flights.value(row, "seats")).isEqualTo(3_000_000_000L);
    assertThat(flights.value(row, "delay")).isEqualTo(Long.MIN_VALUE);
    assertThat(row.drift().deviations())
        .extracting(Deviation::found)
        .containsExactly("BIGINT", "BIGINT");
    assertThat(row.drift().deviations())
        .allMatch(deviation -> deviation.outcome() == Outcome.ADAPTED);
  }

  @Test
  void shouldCarryValuesBesideTheirFieldWhenTheSlotIsTooSmall() {
    GuardFixture flights = flights();

    Ingested row = flights.settle("{\"id\":\"a\",\"seats\":1,\"delay\":12.5}");

    assertThat(flights.value(row, "delay")).isNull();
    assertThat(flights.evolved(row)).isEqualTo(Map.of("delay__decimal", "12.5"));

    Ingested letter = flights.settle("{\"id\":\"a\",\"seats\":12.5}");

    assertThat(letter.deadLetter().field()).isEqualTo("seats");
    assertThat(letter.deadLetter().message())
        .contains(
            "'12.5' where INTEGER is expected", "DECIMAL(11, 1) in the contract would hold both");
  }

  @Test
  void shouldCarryConflictingValuesAsVariantsWhenAskedTo() {
    GuardFixture flights = flights().withVariants();

    Ingested row = flights.settle("{\"id\":\"a\",\"seats\":1,\"delay\":\"late\"}");

    assertThat(flights.value(row, "delay")).isNull();
    assertThat(flights.evolved(row)).isEqualTo(Map.of("delay__string", "\"late\""));
    assertThat(flights.settle("{\"id\":\"a\",\"seats\":\"many\"}").isDeadLetter()).isTrue();
  }

  @Test
  void shouldNameTheFirstProblemAndReportAll() {
    Ingested letter = flights().settle("{\"seats\":\"many\",\"delay\":[1],\"gate\":1}");

    assertThat(letter.deadLetter().field()).isEqualTo("seats");
    assertThat(letter.drift().deviations())
        .extracting(Deviation::kind, Deviation::field)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Kind.TYPE_CHANGE, "seats"),
            org.assertj.core.groups.Tuple.tuple(Kind.TYPE_CHANGE, "delay"),
            org.assertj.core.groups.Tuple.tuple(Kind.NEW_FIELD, "gate"),
            org.assertj.core.groups.Tuple.tuple(Kind.MISSING_FIELD, "id"));
  }

  @Test
  void shouldBoundTheReport() {
    StringBuilder json = new StringBuilder("{\"id\":\"a\",\"seats\":1");
    for (int i = 0; i < 1_000; i++) {
      json.append(",\"f").append(i).append("\":\"").append("x".repeat(300)).append('"');
    }

    Ingested row = flights().settle(json.append('}').toString());

    assertThat(row.drift().deviations()).hasSize(Drift.MAX_DEVIATIONS);
    assertThat(row.drift().deviations())
        .allMatch(deviation -> deviation.sample().length() <= Deviation.MAX_SAMPLE);
    assertThat(flights().evolved(row)).hasSize(1_000);
  }

  @Test
  void shouldFollowTheSeverestOfSeveralPolicies() {
    GuardFixture flights =
        flights()
            .with(Kind.NEW_FIELD, Policy.DISCARD_ROW)
            .with("delay", Kind.TYPE_CHANGE, Policy.QUARANTINE)
            .with("audit", Kind.NEW_FIELD, Policy.FAIL);

    assertThat(flights.settle("{\"id\":\"a\",\"seats\":1,\"gate\":1}").isDiscarded()).isTrue();
    assertThat(
            flights
                .settle("{\"id\":\"a\",\"seats\":1,\"gate\":1,\"delay\":\"x\"}")
                .deadLetter()
                .field())
        .isEqualTo("delay");
    assertThatThrownBy(
            () -> flights.settle("{\"id\":\"a\",\"seats\":\"x\",\"gate\":1,\"audit\":1}"))
        .isInstanceOf(DriftException.class)
        .hasMessageContaining("audit");
  }

  @Test
  void shouldNotShowPersonalData() {
    Ingested letter = flights().settle("{\"id\":\"a\",\"seats\":1,\"email\":4711}");

    assertThat(letter.drift().deviations().get(0).sample()).isEmpty();
    assertThat(letter.deadLetter().message())
        .doesNotContain("4711")
        .contains("SMALLINT where", "the field is classified pii");
  }

  @Test
  void shouldKnowAliasesOfTheContract() {
    GuardFixture flights = flights();

    assertThat(flights.value(flights.admit("{\"id\":\"a\",\"seats\":1,\"dep_delay\":7}"), "delay"))
        .isEqualTo(7L);
    assertThat(flights.admit("{\"id\":\"a\",\"seats\":1,\"dep_delay\":7}").drift()).isNull();
    // Producers in transition send both; a null says nothing.
    assertThat(
            flights.value(
                flights.admit("{\"id\":\"a\",\"seats\":1,\"dep_delay\":7,\"delay\":8}"), "delay"))
        .isEqualTo(8L);
    assertThat(
            flights.value(
                flights.admit("{\"id\":\"a\",\"seats\":1,\"delay\":8,\"dep_delay\":7}"), "delay"))
        .isEqualTo(8L);
    assertThat(
            flights.value(
                flights.admit("{\"id\":\"a\",\"seats\":1,\"delay\":null,\"dep_delay\":7}"),
                "delay"))
        .isEqualTo(7L);
    assertThat(
            flights.value(
                flights.admit("{\"id\":\"a\",\"seats\":1,\"dep_delay\":7,\"delay\":null}"),
                "delay"))
        .isEqualTo(7L);
    assertThat(
            flights
                .settle("{\"id\":\"a\",\"seats\":1,\"dep_delay\":7,\"dep_delay\":7}")
                .deadLetter()
                .reason())
        .isEqualTo(DeadLetterReason.DUPLICATE_FIELD);
  }

  @Test
  void shouldSettleNestedDeviationsByTheirPaths() {
    RowType leg =
        new RowType(
            List.of(
                new RowType.RowField("dest", STRING.copy(false)),
                new RowType.RowField("miles", INT)));
    GuardFixture flights =
        GuardFixture.of(
                optional("plane", new RowType(List.of(new RowType.RowField("year", INT)))),
                optional("legs", new ArrayType(leg)))
            .with("legs[].dest", Kind.NULL_IN_REQUIRED, Policy.DISCARD_ROW)
            .with("legs[].extra", Kind.NEW_FIELD, Policy.QUARANTINE);

    Ingested nested = flights.settle("{\"plane\":{\"year\":3000000000,\"tail\":\"N1\"}}");
    assertThat(((RowData) flights.value(nested, "plane")).getLong(0)).isEqualTo(3_000_000_000L);
    assertThat(flights.evolved(nested)).isEqualTo(Map.of("plane.tail", "\"N1\""));

    Ingested beside = flights.settle("{\"plane\":{\"year\":1.5}}");
    assertThat(flights.evolved(beside)).isEqualTo(Map.of("plane.year__decimal", "1.5"));

    Ingested inArray =
        flights.settle(
            "{\"legs\":[{\"dest\":\"LAX\",\"miles\":1},{\"dest\":\"JFK\",\"miles\":\"x\"}]}");
    assertThat(inArray.deadLetter().field()).isEqualTo("legs[1].miles");
    assertThat(inArray.drift().deviations().get(0).field()).isEqualTo("legs[].miles");

    assertThat(flights.settle("{\"legs\":[{\"dest\":null}]}").isDiscarded()).isTrue();
    assertThat(flights.settle("{\"legs\":[{\"dest\":\"a\",\"gate\":1}]}").drift().outcome())
        .isEqualTo(Outcome.IGNORED);
    assertThat(flights.settle("{\"legs\":[{\"dest\":\"a\",\"extra\":1}]}").deadLetter().field())
        .isEqualTo("legs[0].extra");
    assertThat(flights.settle("{\"legs\":{\"dest\":\"a\"}}").deadLetter().reason())
        .isEqualTo(DeadLetterReason.WRONG_TYPE);
  }

  @Test
  void shouldFindValuesBehindAByteOrderMark() {
    GuardFixture flights = flights();

    Ingested row =
        flights.settle("\uFEFF{\"id\":\"\\\"ä\",\"seats\":1,\"gate\":\"B\\\\\",\"email\":\"ü\"}");

    assertThat(flights.value(row, "id")).hasToString("\"ä");
    assertThat(flights.value(row, "email")).hasToString("ü");
    assertThat(flights.evolved(row)).isEqualTo(Map.of("gate", "\"B\\\\\""));
  }

  @Test
  void shouldRefuseANewFieldThatOccursTwice() {
    assertThat(flights().settle("{\"id\":\"a\",\"seats\":1,\"x\":1,\"x\":2}").deadLetter().reason())
        .isEqualTo(DeadLetterReason.DUPLICATE_FIELD);
  }

  @Test
  void shouldKnowTheEventTimeOfARecordThatIsRefused() {
    GuardFixture flights =
        GuardFixture.of(required("seats", INT), optional("at", new LocalZonedTimestampType(3)))
            .timedBy("at");

    Ingested refused = flights.settle("{\"seats\":\"x\",\"at\":\"2013-01-01T00:00:00Z\"}");
    assertThat(refused.timed()).isTrue();
    assertThat(refused.eventTimeMillis()).isEqualTo(1_356_998_400_000L);

    Ingested untimed = flights.settle("{\"seats\":\"x\",\"at\":\"noon\"}");
    assertThat(untimed.timed()).isFalse();

    Ingested renamed = flights.settle("{\"seats\":1,\"at_time\":\"2013-01-01T00:00:00Z\"}");
    assertThat(renamed.deadLetter().reason()).isEqualTo(DeadLetterReason.MISSING_EVENT_TIME);
    assertThat(renamed.drift().absent()).containsExactly("at");

    Ingested ahead = flights.settle("{\"seats\":1,\"x\":1,\"at\":" + (NOW + 999_999_999L) + "}");
    assertThat(ahead.deadLetter().reason()).isEqualTo(DeadLetterReason.EVENT_TIME_IN_FUTURE);
    assertThat(ahead.timed()).isFalse();
  }

  @Test
  void shouldLeaveTheRowTypeAsTheContractWhereNothingEvolves() {
    GuardFixture strict =
        flights().with(Kind.NEW_FIELD, Policy.IGNORE).with(Kind.TYPE_CHANGE, Policy.QUARANTINE);

    assertThat(strict.rowType()).isEqualTo(strict.contract().rowType());
    assertThat(strict.settle("{\"id\":\"a\",\"seats\":1,\"x\":1}").row().getInt(1)).isEqualTo(1);
    assertThat(strict.settle("{\"id\":\"a\",\"seats\":3000000000}").deadLetter().reason())
        .isEqualTo(DeadLetterReason.OUT_OF_RANGE);
    assertThat(flights().rowType().getTypeAt(1)).isEqualTo(new BigIntType(false));
    assertThat(
            GuardFixture.of(optional("x", new org.apache.flink.table.types.logical.FloatType()))
                .rowType()
                .getTypeAt(0))
        .isEqualTo(new DoubleType());
  }
}
