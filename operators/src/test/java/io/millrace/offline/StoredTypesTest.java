package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Map;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTypesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TINYINT NOT NULL | INT",
        "SMALLINT | INT",
        "BIGINT NOT NULL | BIGINT",
        "CHAR(3) NOT NULL | VARCHAR(2147483647)",
        "VARBINARY(9) | VARBINARY(2147483647)",
        "DECIMAL(12, 2) NOT NULL | DECIMAL(12, 2)",
        "TIMESTAMP(3) | TIMESTAMP(6)",
        "TIMESTAMP_LTZ(3) NOT NULL | TIMESTAMP(6) WITH LOCAL TIME ZONE",
        "ARRAY<TINYINT NOT NULL> | ARRAY<INT>",
        "MAP<STRING NOT NULL, SMALLINT> | MAP<VARCHAR(2147483647) NOT NULL, INT>",
        "ROW<a TINYINT, b ROW<c TIMESTAMP(3) NOT NULL>> | ROW<`a` INT, `b` ROW<`c` TIMESTAMP(6)>>",
      })
  void shouldHoldEveryValueOfAType(String type, String stored) {
    assertThat(StoredTypes.of(type(type)).asSerializableString()).isEqualTo(stored);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TIMESTAMP(9)", "ARRAY<TIMESTAMP_LTZ(7)>"})
  void shouldRefuseWhatWouldLoseDigits(String type) {
    assertThatThrownBy(() -> StoredTypes.of(type(type)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("finer than the microseconds of a history table")
        .hasMessageContaining("precision of 6 or less");
  }

  /** Rows out of Flink's binary form, where the width of a value depends on its type. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldBringNestedValuesThereAndBack(boolean binary) {
    RowType type =
        (RowType)
            type(
                "ROW<small TINYINT, times ARRAY<TIMESTAMP(3)>, inner_row ROW<n SMALLINT, s STRING>,"
                    + " counts MAP<STRING, SMALLINT>, gone ARRAY<TINYINT>>");
    GenericRowData original =
        GenericRowData.of(
            (byte) -5,
            new GenericArrayData(new Object[] {TimestampData.fromEpochMillis(1_234), null}),
            GenericRowData.of((short) 300, StringData.fromString("x")),
            new GenericMapData(Map.of(StringData.fromString("k"), (short) 7)),
            null);
    RowData row = binary ? new RowDataSerializer(type).toBinaryRow(original) : original;

    RowType stored = (RowType) StoredTypes.of(type);
    RowData there =
        StoredTypes.RowForm.stored(type).apply(row, new GenericRowData(type.getFieldCount()));
    // As the writer of a table sees it: by the stored type.
    there = new RowDataSerializer(stored).toBinaryRow(there);
    assertThat(there.getInt(0)).isEqualTo(-5);
    assertThat(there.getArray(1).getTimestamp(0, 6).getMillisecond()).isEqualTo(1_234);
    assertThat(there.getRow(2, 2).getInt(0)).isEqualTo(300);

    RowData back = (RowData) StoredTypes.converter(stored, type).apply(there);
    assertThat(back.getByte(0)).isEqualTo((byte) -5);
    ArrayData times = back.getArray(1);
    assertThat(times.getTimestamp(0, 3)).isEqualTo(TimestampData.fromEpochMillis(1_234));
    assertThat(times.isNullAt(1)).isTrue();
    assertThat(back.getRow(2, 2).getShort(0)).isEqualTo((short) 300);
    assertThat(back.getRow(2, 2).getString(1)).hasToString("x");
    MapData counts = back.getMap(3);
    assertThat(counts.valueArray().getShort(0)).isEqualTo((short) 7);
    assertThat(back.isNullAt(4)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"INT, BIGINT", "BIGINT, INT", "BIGINT, SMALLINT", "FLOAT, DOUBLE", "DOUBLE, FLOAT"})
  void shouldReadColumnsThatWereWidenedOrNarrowedSince(String column, String wanted) {
    Object value = column.endsWith("INT") ? (column.equals("INT") ? 7 : (Object) 7L) : null;
    if (value == null) {
      value = column.equals("FLOAT") ? (Object) 7f : 7d;
    }

    Object read = StoredTypes.converter(type(column), type(wanted)).apply(value);

    assertThat(((Number) read).intValue()).isEqualTo(7);
    assertThat(read.getClass().getSimpleName())
        .isEqualTo(
            Map.of(
                    "BIGINT",
                    "Long",
                    "INT",
                    "Integer",
                    "SMALLINT",
                    "Short",
                    "DOUBLE",
                    "Double",
                    "FLOAT",
                    "Float")
                .get(wanted));
  }

  @Test
  void shouldReadDecimalsOfAnotherPrecision() {
    DecimalData value = DecimalData.fromBigDecimal(new BigDecimal("12.30"), 12, 2);

    assertThat(StoredTypes.converter(type("DECIMAL(12, 2)"), type("DECIMAL(38, 2)")).apply(value))
        .isEqualTo(DecimalData.fromBigDecimal(new BigDecimal("12.30"), 38, 2));
  }

  private static LogicalType type(String text) {
    return LogicalTypeParser.parse(text, StoredTypesTest.class.getClassLoader());
  }
}
