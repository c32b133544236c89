package io.millrace.ingest;

import static io.millrace.ingest.GuardFixture.admit;
import static io.millrace.ingest.GuardFixture.optional;
import static io.millrace.ingest.GuardFixture.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.VersionedField;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

/** Newer versions of a contract, on top of the file. */
class ContractOverlayTest {

  private static final VarCharType STRING = new VarCharType(VarCharType.MAX_LENGTH);

  private final GuardFixture flights =
      GuardFixture.of(
          required("id", STRING),
          required("seats", new IntType()),
          optional("delay", new IntType()));

  @Test
  void shouldTakeARenamedFieldByItsAlias() {
    Guard guard = following(overlay(Map.of("n_seats", "seats"), Set.of(), Set.of()));
    String renamed = "{\"id\":\"a\",\"n_seats\":7}";

    assertThat(flights.settle(renamed).isDeadLetter()).isTrue();
    Ingested row = guard.settle(guard.reconsider(flights.admit(renamed)));

    assertThat(flights.value(row, "seats")).isEqualTo(7L);
    assertThat(row.drift()).isNull();
  }

  @Test
  void shouldCarryFieldsOfTheVersionWithoutReportingThem() {
    Guard guard =
        following(
            overlay(Map.of("gate_no", "gate"), Set.of("gate", "delay__string"), Set.of("mail")));

    Ingested row =
        admit(guard, "{\"id\":\"a\",\"seats\":1,\"gate_no\":\"B\",\"mail\":1,\"delay\":\"late\"}");

    assertThat(row.drift()).isNull();
    assertThat(flights.evolved(row))
        .isEqualTo(Map.of("gate", "\"B\"", "delay__string", "\"late\""));
    assertThat(guard.unknownFields()).isEqualTo(1);
  }

  @Test
  void shouldReportOnlyWhatTheVersionDoesNotKnow() {
    Guard guard = following(overlay(Map.of(), Set.of("gate"), Set.of()));

    Ingested row = admit(guard, "{\"id\":\"a\",\"seats\":1,\"gate\":1,\"stand\":2}");

    assertThat(row.drift().deviations()).extracting(Deviation::field).containsExactly("stand");
    assertThat(flights.evolved(row)).containsOnlyKeys("gate", "stand");
  }

  @Test
  void shouldHoldValuesAgainstTheWiderType() {
    Guard guard =
        following(
            new ContractOverlay(
                "1.0.0+1",
                Map.of(),
                Map.of("seats", new BigIntType(false), "delay", new DecimalType(12, 2)),
                Set.of(),
                Set.of()));

    Ingested row = admit(guard, "{\"id\":\"a\",\"seats\":3000000000,\"delay\":1.25}");
    assertThat(row.drift()).isNull();
    assertThat(flights.value(row, "seats")).isEqualTo(3_000_000_000L);
    assertThat(flights.evolved(row)).isEqualTo(Map.of("delay__decimal", "1.25"));

    assertThat(admit(guard, "{\"id\":\"a\",\"seats\":1,\"delay\":1.255}").drift().deviations())
        .singleElement()
        .satisfies(deviation -> assertThat(deviation.field()).isEqualTo("delay"));
    assertThat(flights.value(admit(guard, "{\"id\":\"a\",\"seats\":1,\"delay\":5}"), "delay"))
        .isEqualTo(5L);
  }

  @Test
  void shouldNameTheVersionInDeadLetters() {
    Guard guard = following(overlay(Map.of("a", "seats"), Set.of(), Set.of()));

    assertThat(guard.settle(admit(guard, "{}")).deadLetter().contractVersion())
        .isEqualTo("1.0.0+1");
    assertThat(admit(guard, "no").deadLetter().contractVersion()).isEqualTo("1.0.0+1");
  }

  @Test
  void shouldLeaveWhatIsSettledAndCleanAlone() {
    Guard guard = following(overlay(Map.of("n_seats", "seats"), Set.of(), Set.of()));
    Ingested clean = flights.admit("{\"id\":\"a\",\"seats\":1}");
    Ingested settled = flights.settle("{\"id\":\"a\",\"n_seats\":1}");

    assertThat(guard.reconsider(clean)).isSameAs(clean);
    assertThat(guard.reconsider(settled)).isSameAs(settled);
    Guard file = flights.guard();
    Ingested drifted = flights.admit("{\"id\":\"a\",\"n_seats\":1}");
    assertThat(file.reconsider(drifted)).isSameAs(drifted);
  }

  @Test
  void shouldKeepTheKindOfARow() {
    Guard guard = following(overlay(Map.of(), Set.of("gate"), Set.of()));
    Ingested drifted = flights.admit("{\"id\":\"a\",\"seats\":1,\"gate\":1}");
    drifted.row().setRowKind(RowKind.UPDATE_AFTER);

    assertThat(guard.reconsider(drifted.ofSnapshot()).row().getRowKind())
        .isEqualTo(RowKind.UPDATE_AFTER);
    assertThat(guard.reconsider(drifted.ofSnapshot().uncounted()).snapshot()).isTrue();
    assertThat(guard.reconsider(drifted.uncounted()).counted()).isFalse();
  }

  @Test
  void shouldBeDerivedFromAVersion() {
    ContractVersion file = ContractVersion.ofFile("flights", flights.contract(), 0);
    VersionedField gate =
        VersionedField.evolved(
            "gate",
            STRING,
            VersionedField.Origin.EVOLVED,
            VersionedField.Status.ACTIVE,
            "",
            1,
            "",
            1);
    VersionedField mail =
        VersionedField.evolved(
            "mail",
            STRING,
            VersionedField.Origin.EVOLVED,
            VersionedField.Status.PENDING,
            "pii",
            1,
            "",
            1);
    List<VersionedField> fields =
        java.util.stream.Stream.concat(
                file.fields().stream()
                    .map(
                        field ->
                            switch (field.name()) {
                              case "seats" -> field.withType(new BigIntType(false));
                              case "delay" -> field.withAlias("dep_delay");
                              default -> field;
                            }),
                java.util.stream.Stream.of(gate.withAlias("gate_no"), mail))
            .toList();
    ContractVersion version = file.next("a test", 1, fields, Set.of());

    assertThat(ContractOverlay.of(version, flights.contract()))
        .isEqualTo(
            new ContractOverlay(
                "1.0.0+1",
                Map.of("dep_delay", "delay", "gate_no", "gate"),
                Map.of("seats", new BigIntType(false)),
                Set.of("gate"),
                Set.of("mail")));
    assertThat(ContractOverlay.of(file, flights.contract()).isEmpty()).isTrue();
  }

  @Test
  void shouldNotCarryWhereTheRowHasNoRoom() {
    GuardFixture strict =
        GuardFixture.of(optional("delay", new IntType()))
            .with(Kind.NEW_FIELD, Policy.IGNORE)
            .with(Kind.TYPE_CHANGE, Policy.QUARANTINE);
    Guard guard = strict.guard();
    guard.follow(overlay(Map.of(), Set.of("gate"), Set.of()));

    assertThat(admit(guard, "{\"gate\":1}").drift().outcome()).isEqualTo(Deviation.Outcome.IGNORED);
  }

  private Guard following(ContractOverlay overlay) {
    Guard guard = flights.guard();
    guard.follow(overlay);
    return guard;
  }

  private static ContractOverlay overlay(
      Map<String, String> aliases, Set<String> evolved, Set<String> withheld) {
    return new ContractOverlay("1.0.0+1", aliases, Map.of(), evolved, withheld);
  }
}
