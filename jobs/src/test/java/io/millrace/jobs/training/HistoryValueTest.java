package io.millrace.jobs.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.DecodingException;
import java.math.BigDecimal;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class HistoryValueTest {
  private static final LogicalType BIGINT = new BigIntType();
  private static final LogicalType DOUBLE = new DoubleType();

  @Test
  void shouldTakeValuesThatTheContractHoldsExactly() {
    assertThat(convert(BIGINT, new IntType(), 5L)).isEqualTo(5);
    assertThat(convert(new SmallIntType(), BIGINT, (short) 5)).isEqualTo(5L);
    assertThat(convert(DOUBLE, new IntType(), 5.0)).isEqualTo(5);
    assertThat(convert(BIGINT, DOUBLE, 1L << 53)).isEqualTo(0x1p53);
    assertThat(convert(new FloatType(), DOUBLE, 0.5f)).isEqualTo(0.5);
    assertThat(convert(DOUBLE, new FloatType(), 0.5)).isEqualTo(0.5f);
    assertThat(convert(new DecimalType(10, 2), new DecimalType(12, 3), decimal("1.25", 10, 2)))
        .isEqualTo(decimal("1.250", 12, 3));
    assertThat(
            convert(
                new LocalZonedTimestampType(6),
                new LocalZonedTimestampType(3),
                TimestampData.fromEpochMillis(-1)))
        .isEqualTo(TimestampData.fromEpochMillis(-1));
  }

  @Test
  void shouldTakeAMissingNumberOfADataFrameForNull() {
    assertThat(convert(DOUBLE, new IntType(), Double.NaN)).isNull();
    assertThat(convert(DOUBLE, DOUBLE, Double.NaN)).isEqualTo(Double.NaN);
  }

  @Test
  void shouldRefuseWhatWouldBeAnotherValue() {
    refuses(BIGINT, new IntType(), 1L << 31);
    refuses(DOUBLE, new IntType(), 1.5);
    refuses(DOUBLE, BIGINT, Double.POSITIVE_INFINITY);
    refuses(BIGINT, DOUBLE, (1L << 53) + 1);
    refuses(DOUBLE, new FloatType(), 0.1);
    refuses(new DecimalType(10, 2), new DecimalType(10, 1), decimal("1.25", 10, 2));
    refuses(new DecimalType(10, 2), new DecimalType(3, 2), decimal("100.00", 10, 2));
    refuses(new TimestampType(6), new TimestampType(3), TimestampData.fromEpochMillis(1, 1_000));
  }

  @Test
  void shouldKnowNoWayBetweenKindsOfValues() {
    assertThat(HistoryValue.between(BIGINT, VarCharType.STRING_TYPE)).isNull();
    assertThat(HistoryValue.between(VarCharType.STRING_TYPE, BIGINT)).isNull();
    assertThat(HistoryValue.between(new TimestampType(3), new LocalZonedTimestampType(3))).isNull();
    assertThat(HistoryValue.between(BIGINT, new LocalZonedTimestampType(3))).isNull();
  }

  private static Object convert(LogicalType column, LogicalType field, Object value) {
    return HistoryValue.between(column, field).convert(value);
  }

  private static void refuses(LogicalType column, LogicalType field, Object value) {
    assertThatThrownBy(() -> convert(column, field, value))
        .as("%s from %s to %s", value, column, field)
        .isInstanceOf(DecodingException.class);
  }

  private static DecimalData decimal(String text, int precision, int scale) {
    return DecimalData.fromBigDecimal(new BigDecimal(text), precision, scale);
  }
}
