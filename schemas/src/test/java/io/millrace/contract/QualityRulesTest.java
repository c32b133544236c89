package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.QualityBound.Unit;
import io.millrace.document.Problem;
import io.millrace.document.YamlFile;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QualityRulesTest {

  @Test
  void shouldReadWhatTypesCannotSay() {
    List<QualityRule> rules =
        rules(
            """
            properties:
              - name: carrier
                logicalType: string
                logicalTypeOptions: {minLength: 2, maxLength: 2, pattern: "^[A-Z0-9]+$"}
                quality:
                  - metric: invalidValues
                    arguments: {validValues: [UA, B6]}
              - name: delay
                logicalType: integer
                logicalTypeOptions: {minimum: -60, exclusiveMaximum: 1440}
                quality:
                  - {name: delay known, metric: nullValues, mustBeLessThan: 5, unit: percent}
                  - {type: text, description: checked by a person}
                  - {type: custom, engine: soda, implementation: "duplicate_percent: ..."}
              - name: at
                logicalType: timestamp
                physicalType: timestamp_ltz(3)
                logicalTypeOptions: {minimum: "2013-01-01", maximum: "2014-01-01T00:00:00Z", exclusiveMaximum: true}
              - name: legs
                logicalType: array
                items:
                  logicalType: object
                  properties:
                    - name: dest
                      logicalType: string
                      quality: [{metric: missingValues, arguments: {missingValues: [null, "N/A"]}, mustBe: 0}]
            quality:
              - {metric: rowCount, mustBeBetween: [10, 20]}
              - {metric: duplicateValues, arguments: {properties: [carrier, at]}, mustBe: 0}
              - {type: sql, query: "SELECT COUNT(*) FROM {object} WHERE delay > 10 AND carrier IS NULL;", mustBe: 0}
              - {id: late, type: custom, engine: millrace, implementation: "delay < 100"}
            """);

    assertThat(rules)
        .extracting(
            rule -> rule.name() + ": " + rule.check().expected() + " " + rule.bound().text())
        .containsExactly(
            "carrier.length: 2 to 2 characters = 0 rows",
            "carrier.pattern: a match of ^[A-Z0-9]+$ = 0 rows",
            "carrier.invalidValues: one of UA, B6 = 0 rows",
            "delay.range: >= -60 and < 1440 = 0 rows",
            "delay_known: a value < 5 percent",
            "at.range: >= 2013-01-01 and < 2014-01-01T00:00:00Z = 0 rows",
            "legs.dest.missingValues: none of null, N/A = 0 rows",
            "rowCount: a number of records >= 10 and <= 20 rows",
            "duplicateValues: no other record of the window with the same carrier, at = 0 rows",
            "sql: NOT (delay > 10 AND carrier IS NULL) = 0 rows",
            "late: delay < 100 = 0 rows");
    assertThat(rules).extracting(QualityRule::field).contains("legs[].dest", "carrier", "");
    assertThat(rules)
        .filteredOn(QualityRule::isEnforced)
        .extracting(QualityRule::name)
        .doesNotContain("delay_known", "rowCount")
        .hasSize(9);
  }

  @Test
  void shouldHoldNumbersAndTimesAgainstLimits() {
    List<QualityRule> rules =
        rules(
            """
            properties:
              - name: at
                logicalType: timestamp
                physicalType: timestamp(3)
                logicalTypeOptions: {minimum: "2013-01-01T10:15:00.5", maximum: "2013-01-02"}
              - name: day
                logicalType: date
                logicalTypeOptions: {minimum: "1970-01-02"}
            """);

    QualityRule.Range at = (QualityRule.Range) rules.get(0).check();
    assertThat(at.contains(new BigDecimal("1357035300.5"))).isTrue();
    assertThat(at.contains(new BigDecimal("1357035300.499"))).isFalse();
    assertThat(at.contains(new BigDecimal("1357084800"))).isTrue();
    QualityRule.Range day = (QualityRule.Range) rules.get(1).check();
    assertThat(day.contains(BigDecimal.ONE)).isTrue();
    assertThat(day.contains(BigDecimal.ZERO)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mustBe: 0 | true | 0 | 1",
        "mustBeLessThan: 1 | true | 0 | 1",
        "mustBeLessOrEqualTo: 0 | true | 0 | 1",
        "mustBeLessThan: 2 | false | 1 | 2",
        "mustBeGreaterThan: 3 | false | 4 | 3",
        "mustNotBe: 3 | false | 4 | 3",
        "'mustBeLessThan: 1, unit: percent' | false | 0.99 | 1",
        "'mustBe: 0, unit: percent' | true | 0 | 0.01",
        "'mustBeGreaterOrEqualTo: 1, mustBeLessThan: 3' | false | 2 | 3",
        "description: nothing | true | 0 | 1",
      })
  void shouldTellBoundsThatAllowNoneFromThoseThatAllowSome(
      String operators, boolean allowsNone, double within, double beyond) {
    QualityBound bound =
        rules(
                """
                properties:
                  - name: delay
                    logicalType: integer
                    quality: [{metric: nullValues, %s}]
                """
                    .formatted(operators))
            .get(0)
            .bound();

    assertThat(bound.allowsNone()).isEqualTo(allowsNone);
    assertThat(bound.holds(within)).isTrue();
    assertThat(bound.holds(beyond)).isFalse();
    assertThat(bound.unit()).isEqualTo(operators.contains("percent") ? Unit.PERCENT : Unit.ROWS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "quality: [{metric: nullValue}] | did you mean \"nullValues\"?",
        "quality: [{type: libary, metric: nullValues}] | did you mean \"library\"?",
        "quality: [{description: x}] | a rule without a metric",
        "quality: [{metric: nullValues, mustBeLesThan: 1}] | did you mean \"mustBeLessThan\"?",
        "quality: [{metric: nullValues, mustNotBeBetween: [1, 2]}] | make two rules of it",
        "quality: [{metric: nullValues, mustBeBetween: [2, 1]}] | the smaller first",
        "quality: [{metric: nullValues, mustBe: none}] | found the text \"none\", expected a number",
        "quality: [{metric: nullValues, unit: promille}] | rows or percent",
        "quality: [{metric: rowCount, mustBe: 1}] | rowCount of a property",
        "quality: [{metric: missingValues}] | missingValues without a list",
        "quality: [{metric: invalidValues}] | invalidValues without an argument",
        "quality: [{metric: invalidValues, arguments: {pattern: a, validValues: [1]}}] | two arguments",
        "quality: [{metric: invalidValues, arguments: {pattern: a}}] | a pattern for a field of type INT",
        "quality: [{metric: invalidValues, arguments: {validValues: [x]}}] | values of that type",
        "quality: [{metric: duplicateValues, arguments: {properties: [dela]}}] | did you mean \"delay\"?",
        "quality: [{type: sql}] | an SQL rule without a query",
        "quality: [{type: sql, query: SELECT AVG(delay) FROM x}] | a query that no stream of records can answer",
        "quality: [{type: custom, engine: millrace}] | no condition",
        "quality: [{name: a, metric: nullValues}, {name: a, metric: nullValues}] | the rule \"a\" a second time",
        "logicalTypeOptions: {minLength: 2} | a length for a field of type INT",
        "logicalTypeOptions: {minimum: 2, maximum: 1} | a maximum of 1 below the minimum of 2",
        "logicalTypeOptions: {minimum: two} | expected a number",
      })
  void shouldNameWhatIsWrongWithARule(String property, String expected) {
    ContractFile file =
        read(
            "properties:\n  - name: delay\n    logicalType: integer\n    physicalType: int\n    "
                + property
                + "\n");

    assertThat(file.problems()).hasSize(1);
    assertThat(file.problems().get(0).toString()).startsWith("c.yaml:").contains(expected);
  }

  @Test
  void shouldRefusePatternsThatAreNone() {
    assertThat(problem("string", "logicalTypeOptions: {pattern: \"(a\"}"))
        .contains("which is no pattern: missing closing )");
    assertThat(problem("string", "logicalTypeOptions: {pattern: \"(?=a)b\"}"))
        .contains("RE2's syntax");
    assertThat(problem("string", "logicalTypeOptions: {maxLength: many}"))
        .contains("a number of characters");
    assertThat(problem("string", "logicalTypeOptions: {minimum: 3}"))
        .contains("a limit for a field of type STRING");
    assertThat(problem("date", "logicalTypeOptions: {minimum: \"2013-13-01\"}"))
        .contains("a date or timestamp");
    assertThat(problem("date", "quality: [{metric: invalidValues, arguments: {validValues: [1]}}]"))
        .contains("a list of values for a field of type DATE");
  }

  private static String problem(String type, String property) {
    List<Problem> problems =
        read("properties:\n  - name: x\n    logicalType: " + type + "\n    " + property + "\n")
            .problems();
    assertThat(problems).hasSize(1);
    return problems.get(0).toString();
  }

  private static List<QualityRule> rules(String object) {
    ContractFile file = read(object);
    assertThat(file.problems()).isEmpty();
    return file.contract().orElseThrow().qualityRules();
  }

  private static ContractFile read(String object) {
    String text =
        "apiVersion: v3.1.0\nkind: DataContract\nname: x\nversion: 1.0.0\nschema:\n  - name: x\n"
            + object.indent(4);
    return ContractFile.parse(YamlFile.parse("c.yaml", text), Optional.empty());
  }
}
