package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.document.Problem;
import io.millrace.pipeline.SchemaDrift.Coercion;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code schema_drift} section, and the row type that follows from it. */
class SchemaDriftTest {

  @Test
  void shouldHaveDefaults() {
    SchemaDrift drift = flights("").schemaDrift();

    assertThat(drift).isEqualTo(SchemaDrift.DEFAULT);
    assertThat(drift.policy(Kind.NEW_FIELD)).isEqualTo(Policy.EVOLVE);
    assertThat(drift.policy(Kind.TYPE_CHANGE)).isEqualTo(Policy.EVOLVE);
    assertThat(drift.policy(Kind.MISSING_FIELD)).isEqualTo(Policy.QUARANTINE);
    assertThat(drift.policy(Kind.NULL_IN_REQUIRED)).isEqualTo(Policy.QUARANTINE);
    assertThat(drift.policy(Kind.RENAME)).isEqualTo(Policy.SUGGEST);
    assertThat(drift.policy(Kind.QUALITY)).isEqualTo(Policy.QUARANTINE);
    assertThat(drift.coercions())
        .containsExactlyInAnyOrder(Coercion.INTEGRAL_FLOATS, Coercion.TRUNCATE_SUBSECONDS);
    assertThat(flights("schema_drift: {}").schemaDrift()).isEqualTo(SchemaDrift.DEFAULT);
  }

  @Test
  void shouldReadEveryKey() {
    SchemaDrift drift =
        flights(
                """
                schema_drift:
                  new_field: ignore
                  type_change: discard_value
                  missing_field: discard_row
                  null_in_required: fail
                  rename: evolve
                  quality: ignore
                  rename_threshold: 0.95
                  coerce: [numeric_strings, iso_timestamps]
                  variants: true
                  dry_run: true
                  fields:
                    dep_delay_minutes: {type_change: quarantine}
                    debug: {new_field: discard_row}
                """)
            .schemaDrift();

    assertThat(drift)
        .isEqualTo(
            new SchemaDrift(
                Map.of(
                    Kind.NEW_FIELD, Policy.IGNORE,
                    Kind.TYPE_CHANGE, Policy.DISCARD_VALUE,
                    Kind.MISSING_FIELD, Policy.DISCARD_ROW,
                    Kind.NULL_IN_REQUIRED, Policy.FAIL,
                    Kind.RENAME, Policy.EVOLVE,
                    Kind.QUALITY, Policy.IGNORE),
                0.95,
                Set.of(Coercion.NUMERIC_STRINGS, Coercion.ISO_TIMESTAMPS),
                true,
                true,
                Map.of(
                    "dep_delay_minutes", Map.of(Kind.TYPE_CHANGE, Policy.QUARANTINE),
                    "debug", Map.of(Kind.NEW_FIELD, Policy.DISCARD_ROW))));
    assertThat(flights("schema_drift: {coerce: []}").schemaDrift().coercions()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{new_fields: evolve} | the unknown key \"new_fields\" | did you mean \"new_field\"?",
        "{new_field: suggest} | the text \"suggest\", expected one of evolve, ignore | choose one",
        "{missing_field: evolve} | the text \"evolve\", expected one of quarantine, | choose one",
        "{rename_threshold: 1.5} | the number \"1.5\", expected a number from 0 to 1 | ",
        "{coerce: [numbers]} | the text \"numbers\" | ",
        "{coerce: [iso_timestamps, iso_timestamps]} | a value twice | ",
        "{fields: {delay: {type_change: fail}}} | the field \"delay\", which contract flights does"
            + " not have | ",
        "{fields: {carrier: {variants: true}}} | the unknown key \"variants\" | ",
        "{fields: {carrier.code: {quality: fail}}} | the field \"carrier.code\" | ",
      })
  void shouldNameWhatIsWrong(String section, String found, String cure) {
    List<Problem> problems = file("schema_drift: " + section).problems();

    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).toString()).contains("sources.flights.schema_drift", found);
    if (cure != null) {
      assertThat(problems.get(0).toString()).contains(cure);
    }
  }

  @Test
  void shouldAskForTheNearestFieldThatHasAPolicy() {
    SchemaDrift drift =
        new SchemaDrift(
            Map.of(Kind.TYPE_CHANGE, Policy.FAIL),
            0.9,
            Set.of(),
            false,
            false,
            Map.of(
                "legs", Map.of(Kind.TYPE_CHANGE, Policy.QUARANTINE),
                "legs[].dest", Map.of(Kind.TYPE_CHANGE, Policy.EVOLVE)));

    assertThat(drift.policy(Kind.TYPE_CHANGE, "legs[].dest")).isEqualTo(Policy.EVOLVE);
    assertThat(drift.policy(Kind.TYPE_CHANGE, "legs[].dest.city")).isEqualTo(Policy.EVOLVE);
    assertThat(drift.policy(Kind.TYPE_CHANGE, "legs[].miles")).isEqualTo(Policy.QUARANTINE);
    assertThat(drift.policy(Kind.TYPE_CHANGE, "legs[]")).isEqualTo(Policy.QUARANTINE);
    assertThat(drift.policy(Kind.TYPE_CHANGE, "seats")).isEqualTo(Policy.FAIL);
    assertThat(drift.policy(Kind.QUALITY, "legs[].dest")).isEqualTo(Policy.QUARANTINE);
  }

  @Test
  void shouldRefusePoliciesThatAreNotDefined() {
    assertThatThrownBy(
            () ->
                new SchemaDrift(
                    Map.of(Kind.RENAME, Policy.FAIL), 0.9, Set.of(), false, false, Map.of()))
        .hasMessageContaining("policy fail is not defined for rename");
  }

  @Test
  void shouldOfferEveryPolicyAndCoercionInTheJsonSchema() throws IOException {
    JsonNode schema;
    try (InputStream in = PipelineFile.class.getResourceAsStream("pipeline.schema.json")) {
      schema = new ObjectMapper().readTree(in);
    }
    for (String part : List.of("schema_drift", "field_drift")) {
      for (Kind kind : Kind.values()) {
        JsonNode key = schema.at("/$defs/" + part + "/properties/" + kind.keyword());
        assertThat(texts(key.path("enum")))
            .as(part + "." + kind)
            .containsExactlyInAnyOrderElementsOf(
                kind.allowed().stream().map(Policy::keyword).toList());
        if (part.equals("schema_drift")) {
          assertThat(key.path("default").asText()).isEqualTo(kind.byDefault().keyword());
        }
      }
    }
    assertThat(texts(schema.at("/$defs/schema_drift/properties/coerce/items/enum")))
        .containsExactly(
            Stream.of(Coercion.values()).map(Coercion::keyword).toArray(String[]::new));
  }

  @Test
  void shouldBeDocumented() throws IOException {
    List<String> document = Files.readAllLines(Path.of("../docs/schema-drift.md"));
    for (Kind kind : Kind.values()) {
      String policies =
          kind.allowed().stream()
              .map(policy -> "`" + policy.keyword() + "`")
              .collect(Collectors.joining(", "));
      assertThat(document)
          .anyMatch(line -> line.endsWith("| `" + kind.keyword() + "` | " + policies + " |"));
    }
    for (Policy policy : Policy.values()) {
      assertThat(document).anyMatch(line -> line.startsWith("| `" + policy.keyword() + "` | "));
    }
    assertThat(
            document.stream()
                .filter(line -> line.matches("\\| `[a-z_]+` \\| .*"))
                .map(line -> line.substring(3, line.indexOf('`', 3))))
        .containsSubsequence(Stream.of(Coercion.values()).map(Coercion::keyword).toList());
  }

  @Test
  void shouldMakeRoomForWhatMayChange() {
    Contract contract =
        new Contract(
            "c",
            "1",
            "",
            List.of(
                field("key", new TinyIntType(), true, 1),
                field("n", new IntType(), true, 0),
                field("f", new FloatType(), false, 0),
                field("s", new VarCharType(5), false, 0),
                field(
                    "legs",
                    new ArrayType(
                        new RowType(List.of(new RowType.RowField("miles", new IntType())))),
                    false,
                    0)));

    assertThat(rowType(contract, Map.of()).asSummaryString())
        .isEqualTo(
            "ROW<`key` BIGINT NOT NULL, `n` BIGINT NOT NULL, `f` DOUBLE, `s` STRING,"
                + " `legs` ARRAY<ROW<`miles` BIGINT>>,"
                + " `_evolved` MAP<STRING NOT NULL, STRING NOT NULL>> NOT NULL");
    assertThat(rowType(contract, Map.of(Kind.TYPE_CHANGE, Policy.QUARANTINE)).getChildren())
        .startsWith(contract.rowType().getChildren().toArray(new LogicalType[0]))
        .hasSize(6);
    assertThat(
            rowType(contract, Map.of(Kind.TYPE_CHANGE, Policy.FAIL, Kind.NEW_FIELD, Policy.IGNORE)))
        .isEqualTo(contract.rowType());
    RowType forgiving = rowType(contract, Map.of(Kind.MISSING_FIELD, Policy.DISCARD_VALUE));
    assertThat(forgiving.getTypeAt(0)).isEqualTo(new BigIntType(false));
    assertThat(forgiving.getTypeAt(1)).isEqualTo(new BigIntType(true));
    assertThat(forgiving.getTypeAt(2)).isEqualTo(new DoubleType());
  }

  private static RowType rowType(Contract contract, Map<Kind, Policy> policies) {
    SchemaDrift drift = new SchemaDrift(policies, 0.9, Set.of(), false, false, Map.of());
    return RowSlots.of(contract, drift);
  }

  private static Field field(String name, LogicalType type, boolean required, int key) {
    return new Field(name, type.copy(!required), required, key, Optional.empty(), "");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static Source flights(String section) {
    PipelineFile file = file(section);
    assertThat(file.problems()).isEmpty();
    return file.pipeline().source("flights").orElseThrow();
  }

  private static PipelineFile file(String section) {
    return PipelineFixture.whole(
        """
        pipeline: test
        sources:
          flights:
            kafka: {topic: flights, bootstrap_servers: "localhost:9092"}
            contract: schemas/contracts/flights.odcs.yaml
        """
            + section.indent(4),
        Map.of());
  }
}
