package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class ContractVersionTest {

  private static final long NEW_YEAR = 1_767_225_600_000L;
  private static final LogicalType STRING = new VarCharType(VarCharType.MAX_LENGTH);

  @Test
  void shouldBeginWithTheFileAsItIs() {
    ContractVersion version = ContractVersion.ofFile("flights", file("1.0.0"), NEW_YEAR);

    assertThat(version.revision()).isZero();
    assertThat(version.label()).isEqualTo("1.0.0");
    assertThat(version.evolved()).isEmpty();
    assertThat(version.isBasedOn(file("1.0.0"))).isTrue();
  }

  @Test
  void shouldReadBackWhatItWrote() {
    ContractVersion version = learned();

    assertThat(ContractVersionJson.decode(ContractVersionJson.encode(version))).isEqualTo(version);
  }

  @Test
  void shouldReadTheFirstFormat() throws IOException {
    byte[] golden = golden("contract-version-1.json");

    assertThat(ContractVersionJson.decode(golden)).isEqualTo(learned());
    assertThat(new String(ContractVersionJson.encode(learned()), StandardCharsets.UTF_8))
        .isEqualTo(new String(golden, StandardCharsets.UTF_8).strip());
  }

  @Test
  void shouldReadBackEveryKindOfType() {
    for (LogicalType type :
        List.of(
            new DecimalType(20, 3),
            new LocalZonedTimestampType(false, 3),
            new ArrayType(new DoubleType(false)),
            RowType.of(new LogicalType[] {STRING, new IntType()}, new String[] {"a b", "order"}))) {
      ContractVersion version =
          learned()
              .next("typed", NEW_YEAR, List.of(VersionedField.of(field("x", type, 0))), Set.of());
      assertThat(ContractVersionJson.decode(ContractVersionJson.encode(version)))
          .isEqualTo(version);
    }
  }

  @Test
  void shouldRefuseAFormatOfALaterRelease() {
    assertThatThrownBy(
            () ->
                ContractVersionJson.decode(
                    "{\"format\":2,\"source\":\"flights\"}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2, but this release reads format 1");
  }

  @Test
  void shouldKeepWhatWasLearnedWhenTheFileIsEdited() {
    Contract edited =
        new Contract(
            "flights",
            "1.1.0",
            "",
            List.of(
                field("carrier", STRING.copy(false), 0),
                field("flight", new IntType(false), 0),
                field("tailnum", STRING, 0)));

    ContractVersion rebased = learned().rebasedOn(edited);

    assertThat(rebased.label()).isEqualTo("1.1.0+4");
    assertThat(rebased.fields())
        .extracting(VersionedField::name)
        .containsExactly("carrier", "flight", "tailnum", "gate", "email");
    assertThat(rebased.field("carrier").orElseThrow().aliases()).containsExactly("airline");
    assertThat(rebased.field("flight").orElseThrow().type()).isEqualTo(new IntType(false));
    assertThat(rebased.rebasedOn(edited)).isSameAs(rebased);
  }

  @Test
  void shouldLeaveALearnedFieldToTheFileOnceTheFileHasIt() {
    Contract edited =
        new Contract(
            "flights",
            "1.1.0",
            "",
            List.of(field("carrier", STRING.copy(false), 0), field("gate", STRING, 0)));

    VersionedField gate = learned().rebasedOn(edited).field("gate").orElseThrow();

    assertThat(gate.isFromFile()).isTrue();
    assertThat(learned().rebasedOn(edited).evolved())
        .extracting(VersionedField::name)
        .containsExactly("email");
  }

  @Test
  void shouldNotTakeAWordingForAnotherFile() {
    Contract reworded =
        new Contract(
            "flights",
            "1.0.0",
            "other words",
            file("1.0.0").fields().stream()
                .map(
                    field ->
                        new Field(
                            field.name(),
                            field.type(),
                            field.required(),
                            field.primaryKeyPosition(),
                            field.classification(),
                            "other words"))
                .toList());

    assertThat(ContractVersion.fingerprint(reworded))
        .isEqualTo(ContractVersion.fingerprint(file("1.0.0")));
    assertThat(ContractVersion.fingerprint(file("1.0.1")))
        .isNotEqualTo(ContractVersion.fingerprint(file("1.0.0")));
  }

  @Test
  void shouldRememberABoundedNumberOfControlMessages() {
    ContractVersion version = ContractVersion.ofFile("flights", file("1.0.0"), NEW_YEAR);
    for (int i = 0; i < 250; i++) {
      version = version.withControl("message-" + i);
    }

    assertThat(version.controls()).hasSize(100).contains("message-249", "message-150");
    assertThat(version.withControl("message-249")).isSameAs(version);
  }

  private static ContractVersion learned() {
    ContractVersion file = ContractVersion.ofFile("flights", file("1.0.0"), NEW_YEAR);
    List<VersionedField> fields =
        new java.util.ArrayList<>(
            file.next(
                    "",
                    NEW_YEAR,
                    file.fieldsWith("carrier", field -> field.withAlias("airline")),
                    Set.of())
                .fieldsWith("flight", field -> field.withType(new BigIntType(false))));
    fields.add(
        VersionedField.evolved(
            "gate",
            STRING,
            VersionedField.Origin.EVOLVED,
            VersionedField.Status.ACTIVE,
            "",
            NEW_YEAR,
            "\"B12\"",
            0.98));
    fields.add(
        VersionedField.evolved(
            "email",
            STRING,
            VersionedField.Origin.EVOLVED,
            VersionedField.Status.PENDING,
            "pii",
            NEW_YEAR,
            "\"a***@e***.com\"",
            1.0));
    return new ContractVersion(
        "flights",
        "flights",
        "1.0.0",
        file.fileFingerprint(),
        3,
        NEW_YEAR,
        "3 records have the new field gate",
        fields,
        Set.of(new ContractVersion.Rejection("plane", "tailnum")),
        List.of("0b5a"));
  }

  private static Contract file(String version) {
    return new Contract(
        "flights",
        version,
        "",
        List.of(field("carrier", STRING.copy(false), 1), field("flight", new IntType(false), 0)));
  }

  private static Field field(String name, LogicalType type, int keyPosition) {
    return new Field(name, type, !type.isNullable(), keyPosition, Optional.of("public"), "");
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = ContractVersionTest.class.getResourceAsStream(name)) {
      assertThat(in).as("golden file " + name).isNotNull();
      return in.readAllBytes();
    }
  }
}
