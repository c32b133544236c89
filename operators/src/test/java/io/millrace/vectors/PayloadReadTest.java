package io.millrace.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qdrant.client.PointIdFactory;
import io.qdrant.client.ValueFactory;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points.VectorsOutput;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PayloadReadTest {
  private static final DataType MONEY = DataTypes.DECIMAL(9, 2);

  private static final RowType ALL =
      (RowType)
          DataTypes.ROW(
                  DataTypes.FIELD("text", DataTypes.STRING()),
                  DataTypes.FIELD("flag", DataTypes.BOOLEAN()),
                  DataTypes.FIELD("tiny", DataTypes.TINYINT()),
                  DataTypes.FIELD("small", DataTypes.SMALLINT()),
                  DataTypes.FIELD("whole", DataTypes.INT()),
                  DataTypes.FIELD("big", DataTypes.BIGINT()),
                  DataTypes.FIELD("real", DataTypes.FLOAT()),
                  DataTypes.FIELD("twice", DataTypes.DOUBLE()),
                  DataTypes.FIELD("nan", DataTypes.DOUBLE()),
                  DataTypes.FIELD("money", DataTypes.DECIMAL(20, 4)),
                  DataTypes.FIELD("day", DataTypes.DATE()),
                  DataTypes.FIELD("clock", DataTypes.TIME(3)),
                  DataTypes.FIELD("local", DataTypes.TIMESTAMP(6)),
                  DataTypes.FIELD("instant", DataTypes.TIMESTAMP_LTZ(3)),
                  DataTypes.FIELD("bytes", DataTypes.BYTES()),
                  DataTypes.FIELD("list", DataTypes.ARRAY(DataTypes.INT())),
                  DataTypes.FIELD("map", DataTypes.MAP(DataTypes.STRING(), DataTypes.DOUBLE())),
                  DataTypes.FIELD("row", DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT()))),
                  DataTypes.FIELD("nothing", DataTypes.STRING()))
              .getLogicalType();

  @Test
  void shouldReadWhatWasWritten() {
    GenericRowData row =
        GenericRowData.of(
            StringData.fromString("Zürich ✈"),
            true,
            (byte) -1,
            (short) 300,
            -70_000,
            Long.MAX_VALUE,
            0.1f,
            1e-300,
            Double.NaN,
            DecimalData.fromBigDecimal(new BigDecimal("1234567890123456.7890"), 20, 4),
            -1,
            86_399_999,
            TimestampData.fromEpochMillis(-1, 999_000),
            TimestampData.fromEpochMillis(1_357_016_400_123L),
            new byte[] {0, -1},
            new GenericArrayData(new Object[] {1, null, 3}),
            new GenericMapData(Map.of(StringData.fromString("k"), 0.5)),
            GenericRowData.of(7),
            null);
    Map<String, Value> payload = new HashMap<>();
    new PayloadValues(ALL).write(row, payload::put);
    RowData read =
        new PointRows(ALL, "")
            .row(PointIdFactory.id(7), payload, VectorsOutput.getDefaultInstance(), 0);
    assertThat(read).isEqualTo(row);
  }

  private static Object read(DataType type, Value value) {
    return PayloadRead.of(type.getLogicalType()).read(value);
  }

  @Test
  void shouldTakeAValueOfAnotherKindForNone() {
    Value text = ValueFactory.value("many");
    Value number = ValueFactory.value(1.5);
    for (DataType type :
        List.of(
            DataTypes.BOOLEAN(),
            DataTypes.INT(),
            DataTypes.BIGINT(),
            DataTypes.DOUBLE(),
            DataTypes.DECIMAL(9, 2),
            DataTypes.DATE(),
            DataTypes.TIME(),
            DataTypes.TIMESTAMP(3),
            DataTypes.TIMESTAMP_LTZ(3),
            DataTypes.ARRAY(DataTypes.STRING()),
            DataTypes.MAP(DataTypes.STRING(), DataTypes.STRING()),
            DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT())))) {
      assertThat(read(type, text)).as(type.toString()).isNull();
      assertThat(read(type, ValueFactory.nullValue())).as(type.toString()).isNull();
    }
    assertThat(read(DataTypes.STRING(), number)).isNull();
    assertThat(read(DataTypes.INT(), number)).isNull();
    assertThat(read(DataTypes.TINYINT(), ValueFactory.value(128))).isNull();
    assertThat(read(DataTypes.INT(), ValueFactory.value("4"))).isEqualTo(4);
  }

  /** Written out, these numbers would have a hundred million digits. */
  @Test
  @Timeout(10)
  void shouldNotWriteOutNumbersOfHugeExponents() {
    for (String huge : List.of("1E+100000000", "-1E+2147483647", "9".repeat(1_000_000))) {
      for (DataType type : List.of(DataTypes.TINYINT(), DataTypes.BIGINT(), MONEY)) {
        assertThat(read(type, ValueFactory.value(huge))).as(type.toString()).isNull();
      }
    }
    for (String tiny : List.of("1E-100000000", "0E-100000000", "0E+100000000", "0.0049", "-1E-3")) {
      assertThat(read(MONEY, ValueFactory.value(tiny))).as(tiny).hasToString("0.00");
    }
    assertThat(read(DataTypes.INT(), ValueFactory.value("1E-100000000"))).isNull();
    assertThat(read(MONEY, ValueFactory.value("0.005"))).hasToString("0.01");
    assertThat(read(MONEY, ValueFactory.value("-9999999.994"))).hasToString("-9999999.99");
    assertThat(read(MONEY, ValueFactory.value("9999999.995"))).isNull();
    assertThat(read(MONEY, ValueFactory.value("1E+7"))).isNull();
  }

  @Test
  void shouldReadTheIdAndKnowTheFirstChunk() {
    RowType type =
        (RowType)
            DataTypes.ROW(
                    DataTypes.FIELD("_id", DataTypes.STRING()),
                    DataTypes.FIELD("_chunk", DataTypes.INT()))
                .getLogicalType();
    RowData row =
        new PointRows(type, "")
            .row(PointIdFactory.id(-1L), Map.of(), VectorsOutput.getDefaultInstance(), 1);
    assertThat(row.getArity()).isEqualTo(3);
    assertThat(row.getString(0)).hasToString("18446744073709551615");
    assertThat(row.getInt(1)).isZero();
  }

  @Test
  void shouldRefuseATypeThatNoPayloadHas() {
    assertThatThrownBy(
            () -> PayloadRead.of(DataTypes.INTERVAL(DataTypes.SECOND(3)).getLogicalType()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INTERVAL SECOND(3)");
  }
}
