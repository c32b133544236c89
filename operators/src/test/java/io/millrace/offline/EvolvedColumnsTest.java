package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.VersionedField;
import io.millrace.contract.VersionedField.Origin;
import io.millrace.contract.VersionedField.Status;
import io.millrace.pipeline.OfflineSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvolvedColumnsTest {
  private static final TableLayout ORDERS =
      new TableLayout(
          new OfflineSpec.Table("orders", "orders", OfflineSpec.Content.EVENTS),
          (RowType) type("ROW<id BIGINT, amount DOUBLE, _event_time TIMESTAMP_LTZ(6)>"),
          2,
          List.of());

  @Test
  void shouldHaveAColumnForEveryScalarThatIsCarried() {
    EvolvedColumns columns =
        EvolvedColumns.of(
            version(
                learned("gate", "STRING", Status.ACTIVE),
                learned("load", "INT", Status.ACTIVE),
                learned("fee", "DECIMAL(5, 2)", Status.ACTIVE),
                learned("email", "STRING", Status.PENDING),
                learned("phone", "STRING", Status.REFUSED),
                learned("address.geo", "STRING", Status.ACTIVE),
                learned("legs", "ARRAY<STRING>", Status.ACTIVE),
                learned("Gate", "STRING", Status.ACTIVE),
                learned("AMOUNT", "STRING", Status.ACTIVE),
                learned("_event_time", "STRING", Status.ACTIVE)),
            ORDERS);

    assertThat(columns.columns())
        .extracting(column -> column.name() + " " + column.type().asSerializableString())
        .containsExactly("gate VARCHAR(2147483647)", "load BIGINT", "fee DECIMAL(38, 2)");
    assertThat(EvolvedColumns.parse(columns.text())).isEqualTo(columns);
  }

  @Test
  void shouldBeNothingForTheFileItself() {
    assertThat(EvolvedColumns.of(version(), ORDERS)).isEqualTo(EvolvedColumns.NONE);
    assertThat(EvolvedColumns.NONE.text()).isEmpty();
    assertThat(EvolvedColumns.parse("")).isEqualTo(EvolvedColumns.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "BIGINT | 12 | 12",
        "BIGINT | 12.0 | 12",
        "BIGINT | 9223372036854775808 | null",
        "BIGINT | 12.5 | null",
        "BIGINT | \"12\" | null",
        "DOUBLE | 12 | 12.0",
        "DOUBLE | 1e-3 | 0.001",
        "DECIMAL(38, 2) | 12.5 | 12.50",
        "DECIMAL(38, 2) | 12.345 | null",
        "STRING | \"B8\" | B8",
        "STRING | 8 | null",
        "STRING | null | null",
        "BOOLEAN | true | true",
        "BOOLEAN | 1 | null",
        "DATE | \"1970-01-03\" | 2",
        "DATE | \"tomorrow\" | null",
        "TIMESTAMP(6) | \"2013-01-01T10:15:00.123456\" | 2013-01-01T10:15:00.123456",
        "TIMESTAMP_LTZ(6) | \"2013-01-01T10:15:00Z\" | 2013-01-01T10:15",
        "TIMESTAMP_LTZ(6) | \"noon\" | null",
        "BIGINT | {\"a\":1} | null",
        "BIGINT | no JSON | null",
      })
  void shouldTakeValuesOfTheColumnsTypeOnly(String type, String json, String value) {
    assertThat(String.valueOf(EvolvedColumns.value(type(type), json))).isEqualTo(value);
  }

  private static ContractVersion version(VersionedField... learned) {
    ContractVersion file =
        ContractVersion.ofFile("orders", new Contract("orders", "1.0.0", "", List.of()), 0);
    List<VersionedField> fields = new ArrayList<>(file.fields());
    fields.addAll(List.of(learned));
    return file.next("learned", 1, fields, Set.of());
  }

  private static VersionedField learned(String name, String type, Status status) {
    return VersionedField.evolved(name, type(type), Origin.EVOLVED, status, "", 0, "", 0.9);
  }

  private static LogicalType type(String text) {
    return LogicalTypeParser.parse(text, EvolvedColumnsTest.class.getClassLoader());
  }
}
