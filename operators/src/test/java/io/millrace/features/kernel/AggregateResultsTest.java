package io.millrace.features.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** Features against a recomputation from all values. */
class AggregateResultsTest {
  private static final LogicalType TEXT = VarCharType.STRING_TYPE;

  @Test
  void shouldComputeMeanAndVarianceOfIntegersExactlyWhateverTheirSize() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      int bits = random.nextInt(63) + 1;
      ResultsFixture mean = of(AggregateFunction.AVG, new BigIntType());
      ResultsFixture variance = of(AggregateFunction.VARIANCE, new BigIntType());
      ResultsFixture stddev = of(AggregateFunction.STDDEV, new BigIntType());
      BigInteger sum = BigInteger.ZERO;
      BigInteger squares = BigInteger.ZERO;
      int n = 2 + random.nextInt(100);
      for (int i = 0; i < n; i++) {
        long value = random.nextLong() >> (64 - bits - 1);
        for (ResultsFixture each : List.of(mean, variance, stddev)) {
          each.add(0, value, i);
        }
        sum = sum.add(BigInteger.valueOf(value));
        squares = squares.add(BigInteger.valueOf(value).pow(2));
      }
      BigDecimal count = BigDecimal.valueOf(n);
      double exactMean = new BigDecimal(sum).divide(count, MathContext.DECIMAL128).doubleValue();
      BigInteger numerator = squares.multiply(BigInteger.valueOf(n)).subtract(sum.pow(2));
      double exactVariance =
          new BigDecimal(numerator)
              .divide(count.multiply(count.subtract(BigDecimal.ONE)), MathContext.DECIMAL128)
              .doubleValue();
      assertThat(mean.number(0)).as("seed %d", seed).isEqualTo(exactMean);
      assertThat(variance.number(0))
          .as("seed %d", seed)
          .isCloseTo(exactVariance, within(2 * Math.ulp(exactVariance)));
      assertThat(stddev.number(0)).isEqualTo(Math.sqrt(variance.number(0)));
    }
  }

  @Test
  void shouldComputeDecimalsExactlyAndRoundMeansHalfUp() {
    DecimalType type = new DecimalType(10, 2);
    ResultsFixture sum = of(AggregateFunction.SUM, type);
    ResultsFixture mean = of(AggregateFunction.AVG, type);
    ResultsFixture variance = of(AggregateFunction.VARIANCE, type);
    for (String text : new String[] {"0.10", "0.10", "0.12"}) {
      for (ResultsFixture each : List.of(sum, mean, variance)) {
        each.add(0, decimal(text, 10, 2), 0);
      }
    }
    assertThat(sum.value(0)).hasToString("0.32");
    assertThat(mean.value(0)).hasToString("0.106667");
    // (0.0033..^2 * 2 + 0.0133..^2) / 2 = 0.0004 / 3
    assertThat(variance.number(0)).isCloseTo(0.0004 / 3, within(1e-18));
  }

  @Test
  void shouldGiveNullWhileADecimalSumTakesMoreThan38Digits() {
    DecimalType type = new DecimalType(38, 0);
    ResultsFixture sum = of(AggregateFunction.SUM, type);
    ResultsFixture mean = of(AggregateFunction.AVG, type);
    ResultsFixture variance = of(AggregateFunction.VARIANCE, type);
    DecimalData giant = decimal("9".repeat(38), 38, 0);
    sum.add(0, giant, 0);
    assertThat(sum.value(0)).isEqualTo(giant);
    sum.add(0, giant, 0);
    assertThat(sum.value(0)).isNull();
    assertThat(sum.remove(0, giant, 0)).isTrue();
    assertThat(sum.value(0)).isEqualTo(giant);
    // A mean has six digits after the point, which leaves 32 before it.
    mean.add(0, giant, 0);
    assertThat(mean.value(0)).isNull();
    variance.add(0, giant, 0);
    variance.add(0, decimal("-" + "9".repeat(38), 38, 0), 0);
    assertThat(variance.number(0)).isCloseTo(2e76, within(1e62));
  }

  @Test
  void shouldIgnoreNullsAndNeedTwoValuesForAVariance() {
    ResultsFixture variance = of(AggregateFunction.VARIANCE, new IntType());
    variance.add(0, null, 0);
    variance.add(0, 7, 0);
    assertThat(variance.value(0)).isNull();
    variance.add(0, 7, 0);
    assertThat(variance.number(0)).isZero();
    ResultsFixture mean = of(AggregateFunction.AVG, new IntType());
    mean.add(0, null, 0);
    assertThat(mean.value(0)).isNull();
  }

  @Test
  void shouldPutNaNAboveAllNumbersInExtremes() {
    ResultsFixture min = of(AggregateFunction.MIN, new DoubleType());
    ResultsFixture max = of(AggregateFunction.MAX, new DoubleType());
    for (ResultsFixture each : List.of(min, max)) {
      each.add(0, Double.NaN, 0);
    }
    assertThat(min.number(0)).isNaN();
    for (double value : new double[] {Double.POSITIVE_INFINITY, -0.0, 3.5}) {
      min.add(0, value, 0);
      max.add(0, value, 0);
    }
    assertThat(min.number(0)).isEqualTo(0.0);
    assertThat(max.number(0)).isNaN();
  }

  @Test
  void shouldTellTheExtremesOfBigintFromNoValue() {
    ResultsFixture min = of(AggregateFunction.MIN, new BigIntType());
    ResultsFixture max = of(AggregateFunction.MAX, new BigIntType());
    assertThat(min.value(0)).isNull();
    min.add(0, Long.MAX_VALUE, 0);
    max.add(0, Long.MIN_VALUE, 0);
    assertThat(min.value(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(max.value(0)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void shouldOrderTextsByTheirBytes() {
    ResultsFixture min = of(AggregateFunction.MIN, TEXT);
    ResultsFixture max = of(AggregateFunction.MAX, TEXT);
    for (String text : new String[] {"b", "", "ä", "a", "Z"}) {
      min.add(0, StringData.fromString(text), 0);
      max.add(0, StringData.fromString(text), 0);
    }
    assertThat(min.value(0)).hasToString("");
    assertThat(max.value(0)).hasToString("ä");
  }

  @Test
  void shouldTakeTheSmallestOfTheFirstAndTheGreatestOfTheLastOfEqualTimes() {
    ResultsFixture first = of(AggregateFunction.FIRST, TEXT);
    ResultsFixture last = of(AggregateFunction.LAST, TEXT);
    for (ResultsFixture each : List.of(first, last)) {
      each.add(0, StringData.fromString("JFK"), 1_000);
      each.add(0, StringData.fromString("EWR"), 1_000);
      each.add(0, StringData.fromString("SFO"), 1_500);
      each.add(0, StringData.fromString("ORD"), 2_000);
      each.add(0, StringData.fromString("MIA"), 2_000);
      each.add(0, null, 3_000);
    }
    assertThat(first.value(0)).hasToString("EWR");
    assertThat(last.value(0)).hasToString("ORD");
  }

  @Test
  void shouldKeepTheNewestValuesNewestFirst() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int k = 1 + random.nextInt(6);
      ResultsFixture newest =
          new ResultsFixture(
              AggregateFunction.LAST_K,
              new IntType(),
              new Parameters(Double.NaN, k, List.of(), "", ""),
              1);
      List<int[]> all = new ArrayList<>();
      for (int i = random.nextInt(30); i >= 0; i--) {
        int[] timeAndValue = {random.nextInt(10), random.nextInt(5)};
        all.add(timeAndValue);
        newest.add(0, timeAndValue[1], timeAndValue[0]);
      }
      all.sort(Comparator.<int[]>comparingInt(each -> -each[0]).thenComparingInt(each -> -each[1]));
      assertThat(((ArrayData) newest.value(0)).toIntArray())
          .as("seed %d", seed)
          .isEqualTo(all.stream().limit(k).mapToInt(each -> each[1]).toArray());
    }
  }

  @Test
  void shouldListTheMostFrequentAndTiesAscending() {
    ResultsFixture top =
        new ResultsFixture(
            AggregateFunction.TOP_K, TEXT, new Parameters(Double.NaN, 3, List.of(), "", ""), 1);
    assertThat(top.value(0)).isNull();
    for (String text : new String[] {"JFK", "ATL", "SFO", "SFO", "BOS", "SFO", "JFK", "BOS"}) {
      top.add(0, StringData.fromString(text), 0);
    }
    assertThat(texts(top.value(0))).containsExactly("SFO", "BOS", "JFK");
    assertThat(top.remove(0, StringData.fromString("BOS"), 0)).isTrue();
    assertThat(texts(top.value(0))).containsExactly("SFO", "JFK", "ATL");
  }

  @Test
  void shouldKeepTheFrequentWithinTheStatedErrorBeyondTheLimitOfDistinctValues() {
    Random random = new Random(5);
    Parameters twenty = new Parameters(Double.NaN, 20, List.of(), "", "");
    ResultsFixture top = new ResultsFixture(AggregateFunction.TOP_K, new IntType(), twenty, 3);
    int[] counts = new int[100_000];
    int n = 50_000;
    for (int i = 0; i < n; i++) {
      int value = (int) Math.min(counts.length - 1, Math.pow(random.nextDouble(), -2));
      counts[value]++;
      top.add(random.nextInt(2), value, i);
    }
    top.merge(2, 0);
    top.merge(2, 1);
    assertThat(top.subtract(2, 0)).isFalse();
    List<Integer> found = new ArrayList<>();
    for (int value : ((ArrayData) top.value(2)).toIntArray()) {
      found.add(value);
    }
    int[] descending = counts.clone();
    Arrays.sort(descending);
    int twentieth = descending[descending.length - 20];
    for (int value = 0; value < counts.length; value++) {
      if (counts[value] > twentieth + n / TopKKernel.KEPT_VALUES) {
        assertThat(found).contains(value);
      }
    }
    for (int value : found) {
      assertThat(counts[value]).isGreaterThanOrEqualTo(twentieth - n / TopKKernel.KEPT_VALUES);
    }
  }

  @Test
  void shouldCountIntoHalfOpenBucketsWithNaNInTheLast() {
    ResultsFixture histogram =
        new ResultsFixture(
            AggregateFunction.HISTOGRAM,
            new DoubleType(),
            new Parameters(Double.NaN, 0, List.of(0.0, 15.0, 60.0), "", ""),
            1);
    assertThat(((ArrayData) histogram.value(0)).toLongArray()).containsExactly(0, 0, 0, 0);
    for (double value :
        new double[] {-0.1, -0.0, 14.9, 15, 59, 60, 1e9, Double.NaN, Double.NEGATIVE_INFINITY}) {
      histogram.add(0, value, 0);
    }
    assertThat(((ArrayData) histogram.value(0)).toLongArray()).containsExactly(2, 2, 2, 3);
  }

  @Test
  void shouldAnswerQuantilesAsValuesThatCame() {
    ResultsFixture p95 =
        new ResultsFixture(
            AggregateFunction.QUANTILE,
            new IntType(),
            new Parameters(0.95, 0, List.of(), "", ""),
            1);
    assertThat(p95.value(0)).isNull();
    for (int i = 100; i >= 1; i--) {
      p95.add(0, i, i);
    }
    assertThat(p95.number(0)).isEqualTo(95);
  }

  @Test
  void shouldCountDistinctValuesOfAnyScalarType() {
    ResultsFixture texts = of(AggregateFunction.APPROX_DISTINCT, TEXT);
    assertThat(texts.value(0)).isEqualTo(0L);
    for (String text : new String[] {"", "", "JFK", "EWR", "JFK"}) {
      texts.add(0, StringData.fromString(text), 0);
    }
    texts.add(0, null, 0);
    assertThat(texts.value(0)).isEqualTo(3L);
    ResultsFixture flags = of(AggregateFunction.APPROX_DISTINCT, new BooleanType());
    flags.add(0, true, 0);
    flags.add(0, false, 0);
    flags.add(0, true, 0);
    assertThat(flags.value(0)).isEqualTo(2L);
    ResultsFixture numbers = of(AggregateFunction.APPROX_DISTINCT, new DoubleType());
    for (double value : new double[] {0.0, -0.0, Double.NaN, -Double.NaN, 1.0}) {
      numbers.add(0, value, 0);
    }
    assertThat(numbers.value(0)).isEqualTo(3L);
  }

  @Test
  void shouldEstimateDistinctCountsWithinTheStatedErrorWhateverTheOrderAndTheParts() {
    double squaredErrors = 0;
    int trials = 40;
    for (int seed = 0; seed < trials; seed++) {
      Random random = new Random(seed);
      int distinct = 5000 + random.nextInt(50_000);
      ResultsFixture parts = of(AggregateFunction.APPROX_DISTINCT, new BigIntType(), 5);
      long offset = random.nextLong();
      for (int i = 0; i < distinct; i++) {
        parts.add(i % 3, offset + i, 0);
        parts.add(4, offset + distinct - 1 - i, 0);
      }
      parts.merge(3, 2);
      parts.merge(3, 0);
      parts.merge(3, 1);
      assertThat(parts.value(3)).as("seed %d", seed).isEqualTo(parts.value(4));
      squaredErrors += Math.pow(parts.number(3) / distinct - 1, 2);
    }
    assertThat(Math.sqrt(squaredErrors / trials)).isLessThan(1.3 * 1.04 / Math.sqrt(4096));
  }

  @Test
  void shouldCountAThousandDistinctValuesExactly() {
    ResultsFixture distinct = of(AggregateFunction.APPROX_DISTINCT, new BigIntType());
    for (long i = 0; i < 1000; i++) {
      distinct.add(0, i, 0);
      assertThat(distinct.value(0)).isEqualTo(i + 1);
    }
  }

  private static List<String> texts(Object array) {
    ArrayData data = (ArrayData) array;
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      texts.add(data.getString(i).toString());
    }
    return texts;
  }

  private static DecimalData decimal(String text, int precision, int scale) {
    return DecimalData.fromBigDecimal(
        new BigDecimal(text).setScale(scale, RoundingMode.UNNECESSARY), precision, scale);
  }

  private static ResultsFixture of(AggregateFunction function, LogicalType type) {
    return of(function, type, 1);
  }

  private static ResultsFixture of(AggregateFunction function, LogicalType type, int cells) {
    return new ResultsFixture(function, type, Parameters.NONE, cells);
  }
}
