package io.millrace.expressions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.expressions.RowEvaluator.FailedRowException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowCodeTest {
  private static final long SEED = Long.getLong("millrace.seed", 29);
  private static final int ROWS = 200;
  private static final int VIEW_FIELDS = 5;

  /** What a caller brings, and a view's features. */
  private static final RowType ROW =
      (RowType)
          DataTypes.ROW(
                  DataTypes.FIELD("amount", DataTypes.DOUBLE()),
                  DataTypes.FIELD("items", DataTypes.INT()),
                  DataTypes.FIELD("code", DataTypes.STRING()),
                  DataTypes.FIELD("price", DataTypes.DECIMAL(10, 2)),
                  DataTypes.FIELD("at", DataTypes.TIMESTAMP_LTZ(3)),
                  DataTypes.FIELD("day", DataTypes.DATE()),
                  DataTypes.FIELD(
                      "view",
                      DataTypes.ROW(
                          DataTypes.FIELD("mean_24h", DataTypes.DOUBLE()),
                          DataTypes.FIELD("orders_24h", DataTypes.BIGINT()),
                          DataTypes.FIELD("last_code", DataTypes.STRING()),
                          DataTypes.FIELD("top", DataTypes.ARRAY(DataTypes.STRING())),
                          DataTypes.FIELD("seen", DataTypes.BOOLEAN()))))
              .getLogicalType();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amount / NULLIF(`view`.mean_24h, 0)",
        "amount / items",
        "items / `view`.orders_24h",
        "`view` IS NULL",
        "`view`.orders_24h",
        "COALESCE(`view`.mean_24h, amount, 0.0) * 2",
        "CASE WHEN `view`.seen THEN 'seen' WHEN items > 3 THEN code ELSE NULL END",
        "UPPER(code) || '-' || `view`.last_code",
        "CAST(code AS INT) + items",
        "TRY_CAST(code AS INT)",
        "code LIKE 'a%' AND `view`.seen",
        "REGEXP_EXTRACT(code, '([a-z]+)', 1)",
        "price * items",
        "ROUND(price, 1)",
        "CAST(amount AS DECIMAL(6, 2))",
        "CAST(`at` AS STRING)",
        "EXTRACT(HOUR FROM CAST(`at` AS TIMESTAMP(3)))",
        "DATE_FORMAT(`at`, 'yyyy-MM-dd HH')",
        "TIMESTAMPDIFF(DAY, `day`, CAST('2020-01-01' AS DATE))",
        "DAYOFWEEK(`day`)",
        "CARDINALITY(`view`.top)",
        "`view`.top[1]",
        "ARRAY_CONTAINS(`view`.top, code)",
        "ARRAY_POSITION(`view`.top, code)",
        "ARRAY_SORT(`view`.top)",
        "ARRAY['x', code]",
        "GREATEST(items, 3)",
        "code IN ('a1', 'b2', '7')",
        "SHA256(code)",
        "LOG10(amount) + POWER(items, 2) - MOD(items, 3)",
        "JSON_VALUE('{\"a\": 1}', '$.a' RETURNING INT) + items",
        "CAST(NULL AS INT)",
      })
  void shouldGiveWhatTheOperatorOfAJobGives(String expression) throws Exception {
    RowProgram program = RowProgram.compile(ROW, List.of(expression), Optional.empty());
    RowDataSerializer results = new RowDataSerializer(program.outputType());
    Random random = new Random(SEED);
    List<String> expected = new ArrayList<>();
    List<String> found = new ArrayList<>();

    try (var harness = harness(program);
        RowEvaluator evaluator = InstantiationUtil.clone(program.code()).open()) {
      for (int i = 0; i < ROWS; i++) {
        GenericRowData row = randomRow(random);
        harness.processElement(new StreamRecord<>(row));
        RowData beside = harness.extractOutputStreamRecords().get(i).getValue();
        expected.add(
            beside.isNullAt(2)
                ? text(beside.getRow(1, 1), results)
                : "failed: " + beside.getString(2));
        found.add(text(evaluator, row, results));
      }
    }

    assertThat(found).as("seed %d, %s", SEED, expression).isEqualTo(expected);
  }

  @Test
  void shouldGiveTheRowItselfWhereTheProgramIsThat() throws Exception {
    RowType one = (RowType) DataTypes.ROW(DataTypes.FIELD("x", DataTypes.INT())).getLogicalType();
    RowCode code = RowProgram.compile(one, List.of("x"), Optional.empty()).code();

    try (RowEvaluator evaluator = InstantiationUtil.clone(code).open()) {
      assertThat(evaluator.evaluate(GenericRowData.of(7)).getInt(0)).isEqualTo(7);
    }
  }

  @Test
  void shouldTakeAPlainNameForTheFieldOfTheRowItself() throws Exception {
    RowType nested =
        (RowType)
            DataTypes.ROW(
                    DataTypes.FIELD("view", DataTypes.ROW(DataTypes.FIELD("x", DataTypes.INT()))),
                    DataTypes.FIELD("x", DataTypes.INT()))
                .getLogicalType();
    RowCode code = RowProgram.compile(nested, List.of("x + 1"), Optional.empty()).code();

    try (RowEvaluator evaluator = code.open()) {
      GenericRowData row = GenericRowData.of(GenericRowData.of(1), 10);
      assertThat(evaluator.evaluate(row).getInt(0)).isEqualTo(11);
    }
  }

  @Test
  void shouldGoOnAfterARowThatFailed() throws Exception {
    RowCode code = RowProgram.compile(ROW, List.of("10 / items"), Optional.empty()).code();

    try (RowEvaluator evaluator = code.open()) {
      GenericRowData row = new GenericRowData(ROW.getFieldCount());
      row.setField(1, 0);
      assertThatThrownBy(() -> evaluator.evaluate(row))
          .isInstanceOf(FailedRowException.class)
          .hasMessageContaining("by zero");
      row.setField(1, 5);
      assertThat(evaluator.evaluate(row).getInt(0)).isEqualTo(2);
    }
  }

  @Test
  void shouldHaveAsManyInstancesAsThreads() throws Exception {
    RowCode code =
        RowProgram.compile(ROW, List.of("UPPER(code) || CAST(items AS STRING)"), Optional.empty())
            .code();
    int threads = 4;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int of = t;
        Callable<Integer> task = () -> wrongResults(code, "t" + of);
        wrong.add(pool.submit(task));
      }
      for (Future<Integer> each : wrong) {
        assertThat(each.get()).isZero();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static int wrongResults(RowCode code, String name) throws Exception {
    int wrong = 0;
    try (RowEvaluator evaluator = code.open()) {
      for (int i = 0; i < 20_000; i++) {
        GenericRowData row = new GenericRowData(ROW.getFieldCount());
        row.setField(1, i);
        row.setField(2, StringData.fromString(name));
        String expected = name.toUpperCase(java.util.Locale.ROOT) + i;
        if (!evaluator.evaluate(row).getString(0).toString().equals(expected)) {
          wrong++;
        }
      }
    }
    return wrong;
  }

  @Test
  void shouldNotDependOnTheTimeZoneOfTheMachine() throws Exception {
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    try {
      RowCode code =
          RowProgram.compile(ROW, List.of("CAST(`at` AS STRING)"), Optional.empty()).code();
      GenericRowData row = new GenericRowData(ROW.getFieldCount());
      row.setField(4, TimestampData.fromEpochMillis(0));
      try (RowEvaluator evaluator = code.open()) {
        assertThat(evaluator.evaluate(row).getString(0)).hasToString("1970-01-01 00:00:00.000");
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  private static String text(RowEvaluator evaluator, RowData row, RowDataSerializer results) {
    try {
      return text(evaluator.evaluate(row), results);
    } catch (FailedRowException failed) {
      return "failed: " + failed.getMessage();
    }
  }

  /** Bytes of a row, as hexadecimal digits. */
  private static String text(RowData row, RowDataSerializer results) {
    BinaryRowData binary = results.toBinaryRow(row);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < binary.getSizeInBytes(); i++) {
      text.append("%02x".formatted(binary.getSegments()[0].get(binary.getOffset() + i)));
    }
    return text.toString();
  }

  private static OneInputStreamOperatorTestHarness<RowData, RowData> harness(RowProgram program)
      throws Exception {
    DataStream<RowData> rows =
        new StreamExecutionEnvironment()
            .fromSequence(0, 0)
            .map(ignored -> (RowData) null)
            .returns(InternalTypeInfo.of(ROW));
    OneInputTransformation<?, ?> step =
        (OneInputTransformation<?, ?>) program.applyBeside(rows, "program").getTransformation();
    @SuppressWarnings("unchecked") // one RowData input, one RowData output
    OneInputStreamOperatorTestHarness<RowData, RowData> harness =
        new OneInputStreamOperatorTestHarness<>(
            (OneInputStreamOperatorFactory<RowData, RowData>) step.getOperatorFactory(),
            InternalTypeInfo.of(ROW).createSerializer(new SerializerConfigImpl()));
    harness.open();
    return harness;
  }

  private static GenericRowData randomRow(Random random) {
    GenericRowData row = new GenericRowData(ROW.getFieldCount());
    row.setField(0, maybe(random, random.nextInt(8) == 0 ? 0.0 : random.nextGaussian() * 100));
    row.setField(1, maybe(random, random.nextInt(6)));
    row.setField(2, maybe(random, code(random)));
    row.setField(3, maybe(random, DecimalData.fromUnscaledLong(random.nextInt(100_000), 10, 2)));
    row.setField(4, maybe(random, TimestampData.fromEpochMillis(random.nextLong(1L << 41))));
    row.setField(5, maybe(random, random.nextInt(20_000)));
    if (random.nextInt(6) > 0) {
      GenericRowData view = new GenericRowData(VIEW_FIELDS);
      view.setField(0, maybe(random, random.nextInt(4) == 0 ? 0.0 : random.nextDouble() * 50));
      view.setField(1, maybe(random, (long) random.nextInt(3)));
      view.setField(2, maybe(random, code(random)));
      view.setField(
          3,
          maybe(
              random,
              new GenericArrayData(
                  random.ints(random.nextInt(4)).mapToObj(any -> code(random)).toArray())));
      view.setField(4, maybe(random, random.nextBoolean()));
      row.setField(6, view);
    }
    return row;
  }

  private static Object maybe(Random random, Object value) {
    return random.nextInt(5) == 0 ? null : value;
  }

  private static StringData code(Random random) {
    String[] codes = {"a1", "b2", "7", "12", "", "Straße", "a"};
    return StringData.fromString(codes[random.nextInt(codes.length)]);
  }
}
