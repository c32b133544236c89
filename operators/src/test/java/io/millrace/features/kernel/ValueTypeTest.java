package io.millrace.features.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import io.millrace.sketch.DoubleOrder;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BinaryType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.CharType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class ValueTypeTest {
  /** Of every type two values, the smaller first. */
  private static Map<LogicalType, List<Object>> pairs() {
    Map<LogicalType, List<Object>> pairs = new LinkedHashMap<>();
    pairs.put(new BooleanType(), List.of(false, true));
    pairs.put(new TinyIntType(), List.of((byte) -128, (byte) 127));
    pairs.put(new SmallIntType(), List.of((short) -300, (short) 300));
    pairs.put(new IntType(), List.of(Integer.MIN_VALUE, 5));
    pairs.put(new BigIntType(), List.of(Long.MIN_VALUE, Long.MAX_VALUE));
    pairs.put(new FloatType(), List.of(-1.5f, Float.MIN_VALUE));
    pairs.put(new DoubleType(), List.of(-1e300, 1e-300));
    pairs.put(new DecimalType(18, 4), List.of(decimal("-7.0001", 18, 4), decimal("7", 18, 4)));
    pairs.put(
        new DecimalType(38, 4),
        List.of(decimal("-7.0001", 38, 4), decimal("1" + "0".repeat(33), 38, 4)));
    pairs.put(new DateType(), List.of(-1, 19_000));
    pairs.put(new TimeType(3), List.of(0, 86_399_999));
    pairs.put(
        new TimestampType(3),
        List.of(TimestampData.fromEpochMillis(-1), TimestampData.fromEpochMillis(1)));
    pairs.put(
        new TimestampType(6),
        List.of(TimestampData.fromEpochMillis(1, 1_000), TimestampData.fromEpochMillis(1, 2_000)));
    pairs.put(
        new LocalZonedTimestampType(0),
        List.of(TimestampData.fromEpochMillis(1_000), TimestampData.fromEpochMillis(2_000)));
    pairs.put(
        new LocalZonedTimestampType(9),
        List.of(TimestampData.fromEpochMillis(-1, 999_999), TimestampData.fromEpochMillis(0, 1)));
    pairs.put(new CharType(2), List.of(text("AA"), text("UA")));
    pairs.put(VarCharType.STRING_TYPE, List.of(text("\uFFFD"), text("🚂")));
    pairs.put(new BinaryType(2), List.of(new byte[] {1, 2}, new byte[] {-1, 0}));
    pairs.put(new VarBinaryType(9), List.of(new byte[0], new byte[] {-128}));
    return pairs;
  }

  @Test
  void shouldGiveBackTheVeryValueOfEveryTypeInItsOrder() {
    pairs()
        .forEach(
            (type, pair) -> {
              Parameters two = new Parameters(Double.NaN, 2, List.of(), "", "");
              ResultsFixture first = new ResultsFixture(AggregateFunction.FIRST, type, two, 1);
              ResultsFixture last = new ResultsFixture(AggregateFunction.LAST, type, two, 1);
              ResultsFixture lastK = new ResultsFixture(AggregateFunction.LAST_K, type, two, 1);
              ResultsFixture topK = new ResultsFixture(AggregateFunction.TOP_K, type, two, 1);
              for (ResultsFixture each : List.of(first, last, lastK, topK)) {
                assertThat(each.value(0)).as("no value of %s", type).isNull();
                // Of one time, so that the order of values decides.
                each.add(0, pair.get(1), 0);
                each.add(0, pair.get(0), 0);
              }
              assertThat(first.value(0)).as("first of %s", type).isEqualTo(pair.get(0));
              assertThat(last.value(0)).as("last of %s", type).isEqualTo(pair.get(1));
              assertThat(elements(lastK.value(0), type))
                  .as("last two of %s", type)
                  .isEqualTo(new Object[] {pair.get(1), pair.get(0)});
              assertThat(elements(topK.value(0), type))
                  .as("top two of %s", type)
                  .isEqualTo(pair.toArray());
            });
  }

  @Test
  void shouldNotHoldOnToTheMemoryOfARow() {
    BinaryRowData row = new BinaryRowData(1);
    ValueType type = ValueType.of(VarCharType.STRING_TYPE);
    write(row, "a text of more than seven bytes");
    Object held = type.readObject(row, 0);
    write(row, "another text that takes its place");
    assertThat(held).hasToString("a text of more than seven bytes");
  }

  @Test
  void shouldEncodeDoublesInTheirOrder() {
    Random random = new Random(11);
    double[] doubles = new double[1000];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = Double.longBitsToDouble(random.nextLong());
    }
    doubles[0] = Double.NEGATIVE_INFINITY;
    doubles[1] = Double.POSITIVE_INFINITY;
    doubles[2] = Double.NaN;
    doubles[3] = 0;
    Arrays.sort(doubles);
    for (int i = 1; i < doubles.length; i++) {
      long before = DoubleOrder.orderOf(doubles[i - 1]);
      long after = DoubleOrder.orderOf(doubles[i]);
      assertThat(Long.compare(before, after)).isEqualTo(Double.compare(doubles[i - 1], doubles[i]));
      assertThat(DoubleOrder.doubleOf(after)).isEqualTo(Double.valueOf(doubles[i]));
    }
    assertThat(DoubleOrder.orderOf(-0.0)).isEqualTo(DoubleOrder.orderOf(0.0));
  }

  private static void write(BinaryRowData row, String text) {
    BinaryRowWriter writer = new BinaryRowWriter(row);
    writer.writeString(0, text(text));
    writer.complete();
  }

  private static Object[] elements(Object array, LogicalType type) {
    ArrayData data = (ArrayData) array;
    ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
    return new Object[] {getter.getElementOrNull(data, 0), getter.getElementOrNull(data, 1)};
  }

  private static StringData text(String text) {
    return StringData.fromString(text);
  }

  private static DecimalData decimal(String text, int precision, int scale) {
    return DecimalData.fromBigDecimal(new BigDecimal(text), precision, scale);
  }
}
