package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class JsonRowEncoderTest {
  private static final RowType LEG =
      RowType.of(
          new LogicalType[] {VarCharType.STRING_TYPE, new IntType()},
          new String[] {"dest", "miles"});
  private static final RowType EVERYTHING =
      RowType.of(
          false,
          new LogicalType[] {
            new BooleanType(),
            new TinyIntType(),
            new SmallIntType(),
            new IntType(),
            new BigIntType(),
            new FloatType(),
            new DoubleType(),
            new DecimalType(20, 4),
            VarCharType.STRING_TYPE,
            new VarBinaryType(VarBinaryType.MAX_LENGTH),
            new DateType(),
            new TimeType(3),
            new TimestampType(6),
            new LocalZonedTimestampType(9),
            new ArrayType(new IntType()),
            new ArrayType(LEG),
            LEG
          },
          new String[] {
            "bool", "tiny", "small", "int", "big", "float", "double", "decimal", "text", "bytes",
            "date", "time", "local", "instant", "numbers", "legs", "leg"
          });

  @Test
  void shouldWriteWhatTheDecoderReadsBack() {
    assertRoundTrip(
        GenericRowData.of(
            true,
            Byte.MIN_VALUE,
            Short.MAX_VALUE,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            1.1f,
            Double.MIN_VALUE,
            DecimalData.fromBigDecimal(new BigDecimal("-1234567890123456.7890"), 20, 4),
            StringData.fromString("\"quoted\"\n\u0000 Zürich \uD83D\uDE80"),
            new byte[] {0, -1, 127},
            (int) LocalDate.of(1969, 12, 31).toEpochDay(),
            86_399_999,
            TimestampData.fromLocalDateTime(LocalDateTime.of(2013, 1, 1, 10, 15, 0, 123_456_000)),
            TimestampData.fromInstant(Instant.parse("1969-12-31T23:59:59.999999999Z")),
            new GenericArrayData(new Object[] {1, null, 3}),
            new GenericArrayData(
                new Object[] {GenericRowData.of(StringData.fromString("LAX"), 2475), null}),
            GenericRowData.of(null, 7)));
  }

  @Test
  void shouldWriteNullsThatTheDecoderReadsBack() {
    assertRoundTrip(new GenericRowData(EVERYTHING.getFieldCount()));
  }

  @Test
  void shouldReadWellForPeople() {
    byte[] json =
        new JsonRowEncoder(LEG).encode(GenericRowData.of(StringData.fromString("LAX"), 2475));

    assertThat(new String(json, StandardCharsets.UTF_8))
        .isEqualTo("{\"dest\":\"LAX\",\"miles\":2475}");
  }

  @Test
  void shouldRefuseATypeThatJsonHasNoFormFor() {
    assertThatThrownBy(() -> new JsonRowEncoder(RowType.of(new MultisetType(new IntType()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MULTISET");
  }

  private static void assertRoundTrip(RowData row) {
    Decoding decoded =
        new JsonRowDecoder(EVERYTHING).decode(new JsonRowEncoder(EVERYTHING).encode(row));

    assertThat(decoded).isInstanceOf(Decoding.Row.class);
    RowDataSerializer binary = new RowDataSerializer(EVERYTHING);
    assertThat(binary.toBinaryRow(((Decoding.Row) decoded).row()).copy())
        .isEqualTo(binary.toBinaryRow(row).copy());
  }
}
