package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.YamlFile;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FieldAliasesTest {

  @Test
  void shouldReadOtherNamesOfAField() {
    ContractFile file =
        contract(
            """
            - name: delay
              logicalType: integer
              customProperties:
                - property: owner
                  value: operations
                - property: aliases
                  value: [dep_delay, departure_delay]
            - name: dest
              logicalType: string
              customProperties:
                - {property: aliases, value: destination}
            """);

    assertThat(file.problems()).isEmpty();
    Contract contract = file.contract().orElseThrow();
    assertThat(contract.field("delay").orElseThrow().aliases())
        .containsExactly("dep_delay", "departure_delay");
    assertThat(contract.field("dest").orElseThrow().aliases()).containsExactly("destination");
  }

  @Test
  void shouldNameAliasesThatCannotBe() {
    ContractFile file =
        contract(
            """
            - name: delay
              logicalType: integer
              customProperties:
                - {property: aliases, value: [dest, delay, d, d]}
            - name: dest
              logicalType: string
              customProperties:
                - {property: aliases, value: [d, [x]]}
            - name: origin
              logicalType: string
              customProperties:
                - {property: aliases, value: []}
            """);

    assertThat(file.problems())
        .extracting(problem -> problem.found())
        .containsExactly(
            "the alias \"dest\", already a name of \"dest\"",
            "the alias \"delay\", already a name of \"delay\"",
            "the alias \"d\", already a name of \"delay\"",
            "the alias \"d\", already a name of \"delay\"",
            "a list",
            "an empty list");
  }

  private static ContractFile contract(String properties) {
    return ContractFile.parse(
        YamlFile.parse(
            "test.odcs.yaml",
            """
            apiVersion: v3.1.0
            kind: DataContract
            version: 1.0.0
            name: test
            schema:
              - name: test
                properties:
            """
                + properties.indent(6)),
        Optional.empty());
  }
}
