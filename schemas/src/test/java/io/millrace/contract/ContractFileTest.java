package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Problem;
import io.millrace.document.YamlFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ContractFileTest {

  private static final Path CONTRACTS = Path.of("contracts");

  @Test
  void shouldReadTheFlightsContract() {
    Contract flights = read("flights");

    assertThat(flights.name()).isEqualTo("flights");
    assertThat(flights.version()).isEqualTo("1.0.0");
    assertThat(flights.primaryKey()).containsExactly("flight_id");
    assertThat(flights.rowType().asSummaryString())
        .isEqualTo(
            "ROW<`flight_id` STRING NOT NULL, `carrier` STRING NOT NULL, `flight` INT NOT NULL,"
                + " `tailnum` STRING, `origin` STRING NOT NULL, `dest` STRING NOT NULL,"
                + " `scheduled_at` TIMESTAMP_LTZ(3) NOT NULL,"
                + " `departed_at` TIMESTAMP_LTZ(3) NOT NULL, `dep_delay_minutes` INT,"
                + " `arr_delay_minutes` INT, `air_time_minutes` INT,"
                + " `distance_miles` INT NOT NULL, `cancelled` BOOLEAN NOT NULL> NOT NULL");
    assertThat(flights.field("carrier").orElseThrow().classification()).contains("public");
    assertThat(flights.field("carrier").orElseThrow().description())
        .isEqualTo("Two-letter code of the airline.");
  }

  @ParameterizedTest
  @CsvSource({"planes,tailnum", "airlines,carrier", "airports,faa"})
  void shouldReadEveryShippedContract(String name, String key) {
    assertThat(read(name).primaryKey()).containsExactly(key);
  }

  static Stream<List<String>> types() {
    return Stream.of(
        List.of("logicalType: string", "STRING"),
        List.of("logicalType: string, physicalType: VARCHAR(12)", "STRING"),
        List.of("logicalType: string, physicalType: bytea", "BYTES"),
        List.of("logicalType: string, logicalTypeOptions: {format: binary}", "BYTES"),
        List.of("logicalType: boolean", "BOOLEAN"),
        List.of("logicalType: integer", "BIGINT"),
        List.of("logicalType: integer, physicalType: tinyint", "TINYINT"),
        List.of("logicalType: integer, physicalType: SMALLINT", "SMALLINT"),
        List.of("logicalType: integer, physicalType: integer", "INT"),
        List.of("logicalType: integer, physicalType: int8", "BIGINT"),
        List.of("logicalType: integer, logicalTypeOptions: {format: i16}", "SMALLINT"),
        List.of("logicalType: integer, logicalTypeOptions: {format: u32}", "BIGINT"),
        List.of("logicalType: integer, logicalTypeOptions: {format: u64}", "DECIMAL(20, 0)"),
        List.of("logicalType: integer, physicalType: 'numeric(18)'", "DECIMAL(18, 0)"),
        List.of("logicalType: number", "DOUBLE"),
        List.of("logicalType: number, physicalType: real", "FLOAT"),
        List.of("logicalType: number, physicalType: double  precision", "DOUBLE"),
        List.of("logicalType: number, logicalTypeOptions: {format: f32}", "FLOAT"),
        List.of("logicalType: number, physicalType: 'decimal(12, 2)'", "DECIMAL(12, 2)"),
        List.of("logicalType: date", "DATE"),
        List.of("logicalType: date, physicalType: timestamp(3)", "TIMESTAMP(3)"),
        List.of("logicalType: time", "TIME(3)"),
        List.of("logicalType: time, physicalType: time(0)", "TIME(0)"),
        List.of("logicalType: timestamp", "TIMESTAMP(6)"),
        List.of("logicalType: timestamp, physicalType: timestamp(3)", "TIMESTAMP(3)"),
        List.of("logicalType: timestamp, physicalType: timestamptz", "TIMESTAMP_LTZ(6)"),
        List.of(
            "logicalType: timestamp, physicalType: timestamp(3) with time zone",
            "TIMESTAMP_LTZ(3)"),
        List.of(
            "logicalType: timestamp, physicalType: timestamp without time zone", "TIMESTAMP(6)"),
        List.of("logicalType: timestamp, logicalTypeOptions: {timezone: true}", "TIMESTAMP_LTZ(6)"),
        List.of("logicalType: array, items: {logicalType: string}", "ARRAY<STRING>"),
        List.of(
            "logicalType: array, items: {logicalType: integer, required: true}",
            "ARRAY<BIGINT NOT NULL>"),
        List.of(
            "logicalType: object, properties: [{name: lat, logicalType: number, required: true},"
                + " {name: tags, logicalType: array, items: {logicalType: string}}]",
            "ROW<`lat` DOUBLE NOT NULL, `tags` ARRAY<STRING>>"));
  }

  @ParameterizedTest
  @MethodSource("types")
  void shouldMapLogicalTypes(List<String> example) {
    Contract contract = parse("{name: x, " + example.get(0) + "}").contract().orElseThrow();

    assertThat(contract.fields().get(0).type().asSummaryString()).isEqualTo(example.get(1));
  }

  @Test
  void shouldMakeRequiredAndKeyFieldsNotNull() {
    Contract contract =
        parse(
                "{name: b, logicalType: string, primaryKey: true, primaryKeyPosition: 2}",
                "{name: a, logicalType: string, primaryKey: true, primaryKeyPosition: 1}",
                "{name: c, logicalType: string, required: true}",
                "{name: d, logicalType: string}")
            .contract()
            .orElseThrow();

    assertThat(contract.primaryKey()).containsExactly("a", "b");
    assertThat(contract.rowType().asSummaryString())
        .isEqualTo(
            "ROW<`b` STRING NOT NULL, `a` STRING NOT NULL, `c` STRING NOT NULL, `d` STRING> NOT"
                + " NULL");
  }

  static Stream<List<String>> mistakes() {
    return Stream.of(
        List.of(
            "{name: x, logicalType: strng}",
            "schema[0].properties[0].logicalType: found the text \"strng\", expected one of array,"
                + " boolean, date, integer, number, object, string, time, timestamp; did you mean"
                + " \"string\"?"),
        List.of("{name: x}", "schema[0].properties[0]: found no logicalType, expected one of"),
        List.of("{logicalType: string}", "found a property without a name"),
        List.of(
            "{name: x, logicalType: number, physicalType: numeric}",
            "expected decimal(p,s) with 1 <= p <= 38"),
        List.of(
            "{name: x, logicalType: integer, logicalTypeOptions: {format: u128}}",
            "found the integer format \"u128\""),
        List.of("{name: x, logicalType: array}", "found an array without items"),
        List.of("{name: x, logicalType: object}", "found an object without properties"),
        List.of("{name: x, logicalType: time, physicalType: timetz}", "a time of day with a zone"),
        List.of(
            "{name: x, logicalType: timestamp, physicalType: timestamptz,"
                + " logicalTypeOptions: {timezone: false}}",
            "expected both with zone or both without"),
        List.of(
            "{name: x, logicalType: string, required: 1}",
            "schema[0].properties[0].required: found the number \"1\", expected true or false"),
        List.of("{name: x, physicalName: y, logicalType: string}", "the same as its name"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void shouldNameMistakes(List<String> example) {
    ContractFile file = parse(example.get(0));

    assertThat(file.contract()).isEmpty();
    assertThat(file.problems()).hasSize(1);
    assertThat(file.problems().get(0).toString())
        .startsWith("c.odcs.yaml:7: ")
        .contains(example.get(1));
  }

  @Test
  void shouldNameAllMistakesAtOnce() {
    ContractFile file =
        parse(
            "{name: x, logicalType: string}",
            "{name: x, logicalType: string}",
            "{name: y, logicalType: text}");

    assertThat(file.problems()).extracting(Problem::line).containsExactly(8, 9);
  }

  @Test
  void shouldAskForTheObjectWhenThereAreSeveral() {
    YamlFile yaml =
        YamlFile.parse(
            "c.odcs.yaml",
            """
            apiVersion: v3.0.2
            kind: DataContract
            version: 2.0.0
            schema:
              - name: a
                properties: [{name: x, logicalType: string}]
              - name: b
                properties: [{name: y, logicalType: string}]
            """);

    assertThat(ContractFile.parse(yaml, Optional.empty()).problems())
        .singleElement()
        .asString()
        .contains("found 2 schema objects");
    assertThat(ContractFile.parse(yaml, Optional.of("b")).contract().orElseThrow().fields())
        .extracting(Field::name)
        .containsExactly("y");
    assertThat(ContractFile.parse(yaml, Optional.of("c")).problems())
        .singleElement()
        .asString()
        .contains("expected one of a, b");
  }

  @Test
  void shouldRefuseOtherVersionsOfTheStandard() {
    ContractFile file =
        ContractFile.parse(
            YamlFile.parse("c.odcs.yaml", "kind: DataContract\napiVersion: v2.2.2\n"),
            Optional.empty());

    assertThat(file.problems())
        .extracting(Problem::toString)
        .anyMatch(it -> it.startsWith("c.odcs.yaml:2: apiVersion: found the text \"v2.2.2\""))
        .anyMatch(it -> it.contains("found no version"))
        .anyMatch(it -> it.contains("found no schema object"));
  }

  private static Contract read(String name) {
    ContractFile file = ContractFile.read(CONTRACTS.resolve(name + ".odcs.yaml"));
    assertThat(file.problems()).isEmpty();
    return file.contract().orElseThrow();
  }

  private static ContractFile parse(String... properties) {
    return ContractFile.parse(
        YamlFile.parse(
            "c.odcs.yaml",
            """
            apiVersion: v3.1.0
            kind: DataContract
            version: 1.0.0
            schema:
              - name: x
                properties:
            """
                + Stream.of(properties)
                    .map(property -> "      - " + property + "\n")
                    .reduce("", String::concat)),
        Optional.empty());
  }
}
