package io.millrace.features.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec.Parameters;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.junit.jupiter.api.Test;

/** Sums, means and variances of DOUBLE against exact arithmetic. */
class FloatingSumsTest {
  private static final MathContext EXACT = new MathContext(80);

  @Test
  void shouldSumToTheNearestDoubleWhateverTheOrder() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Double> values = new ArrayList<>();
      BigDecimal exact = BigDecimal.ZERO;
      for (int i = 0; i < 500; i++) {
        double value = random.nextGaussian() * Math.pow(10, random.nextInt(12));
        values.add(value);
        exact = exact.add(new BigDecimal(value));
      }
      for (int order = 0; order < 3; order++) {
        Collections.shuffle(values, random);
        ResultsFixture sum = fixture(AggregateFunction.SUM, 3);
        for (double value : values) {
          sum.add(random.nextInt(3), value, 0);
        }
        sum.merge(0, 2);
        sum.merge(0, 1);
        assertThat(sum.number(0)).as("seed %d", seed).isEqualTo(exact.doubleValue());
      }
    }
  }

  @Test
  void shouldKeepVarianceToTwelveDigitsWhileAWindowSlidesOverGiants() {
    // Plain sums of squares lose every digit here: 1e9 squared has no room for ones.
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      ResultsFixture variance = fixture(AggregateFunction.VARIANCE, 1);
      Deque<Double> window = new ArrayDeque<>();
      for (int i = 0; i < 3000; i++) {
        double value = 1e9 + random.nextInt(3) - 1;
        window.addLast(value);
        variance.add(0, value, i);
        if (window.size() > 50) {
          assertThat(variance.remove(0, window.removeFirst(), i - 50)).isTrue();
        }
      }
      double exact = exactVariance(window);
      assertThat(variance.number(0)).as("seed %d", seed).isCloseTo(exact, within(exact * 1e-12));
    }
  }

  @Test
  void shouldReportNoVarianceAtAllOfAConstant() {
    ResultsFixture variance = fixture(AggregateFunction.VARIANCE, 1);
    for (int i = 0; i < 1000; i++) {
      variance.add(0, 0.1, i);
    }
    assertThat(variance.number(0)).isZero();
  }

  @Test
  void shouldForgetNaNAndInfinitiesWhenTheyLeave() {
    ResultsFixture mean = fixture(AggregateFunction.AVG, 2);
    mean.add(0, 2.0, 0);
    mean.add(0, 4.0, 0);
    mean.add(1, Double.POSITIVE_INFINITY, 0);
    mean.merge(0, 1);
    assertThat(mean.number(0)).isEqualTo(Double.POSITIVE_INFINITY);
    mean.add(0, Double.NEGATIVE_INFINITY, 0);
    assertThat(mean.number(0)).isNaN();
    assertThat(mean.remove(0, Double.NEGATIVE_INFINITY, 0)).isTrue();
    mean.add(0, Double.NaN, 0);
    assertThat(mean.number(0)).isNaN();
    assertThat(mean.remove(0, Double.NaN, 0)).isTrue();
    assertThat(mean.subtract(0, 1)).isTrue();
    assertThat(mean.number(0)).isEqualTo(3.0);
  }

  @Test
  void shouldAskForARebuildWhenAGiantLeavesSmallValuesBehind() {
    ResultsFixture sum = fixture(AggregateFunction.SUM, 3);
    sum.add(0, 1e300, 0);
    sum.add(1, 0.1, 0);
    sum.merge(2, 0);
    sum.merge(2, 1);
    assertThat(sum.subtract(2, 0)).isFalse();
    sum.cells.clear(2);
    sum.merge(2, 1);
    assertThat(sum.number(2)).isEqualTo(0.1);
    assertThat(sum.subtract(2, 1)).isTrue();
    assertThat(sum.value(2)).isNull();
  }

  @Test
  void shouldNotAskForRebuildsWhenTermsCancel() {
    ResultsFixture sum = fixture(AggregateFunction.SUM, 1);
    for (int i = 0; i < 1000; i++) {
      sum.add(0, 1e6, i);
      sum.add(0, -1e6, i);
      sum.add(0, 0.001, i);
      assertThat(sum.remove(0, 0.001, i)).isTrue();
    }
    assertThat(sum.number(0)).isZero();
  }

  @Test
  void shouldComeBackFromOverflowAfterARebuild() {
    ResultsFixture sum = fixture(AggregateFunction.SUM, 3);
    sum.add(0, Double.MAX_VALUE, 0);
    sum.add(1, Double.MAX_VALUE, 0);
    sum.merge(2, 0);
    sum.merge(2, 1);
    assertThat(sum.number(2)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(sum.subtract(2, 0)).isFalse();
    sum.cells.clear(2);
    sum.merge(2, 1);
    assertThat(sum.number(2)).isEqualTo(Double.MAX_VALUE);
  }

  @Test
  void shouldTakeFloatsAtTheirOwnValue() {
    ResultsFixture mean =
        new ResultsFixture(AggregateFunction.AVG, new FloatType(), Parameters.NONE, 1);
    mean.add(0, 0.5f, 0);
    mean.add(0, 0.25f, 0);
    assertThat(mean.number(0)).isEqualTo(0.375);
  }

  private static double exactVariance(Iterable<Double> values) {
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    long n = 0;
    for (double value : values) {
      BigDecimal exact = new BigDecimal(value);
      sum = sum.add(exact);
      squares = squares.add(exact.multiply(exact));
      n++;
    }
    BigDecimal count = BigDecimal.valueOf(n);
    return squares
        .multiply(count)
        .subtract(sum.multiply(sum))
        .divide(count.multiply(count.subtract(BigDecimal.ONE)), EXACT)
        .doubleValue();
  }

  private static ResultsFixture fixture(AggregateFunction function, int cells) {
    return new ResultsFixture(function, new DoubleType(), Parameters.NONE, cells);
  }
}
