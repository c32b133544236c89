package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often drift is found where there is none, and where there is. */
class CalibrationTest {
  private static final long SEED = 20130101;
  private static final double ALPHA = 0.01;
  private static final double ALLOWED = 0.02;
  private static final int PAIRS = 2000;

  /** With the least effect that is looked at, so that it is the tests that keep alarms away. */
  private static final EffectThresholds ANY_EFFECT = new EffectThresholds(1e-9);

  private static final ToDoubleFunction<Random> NORMAL = Random::nextGaussian;

  /** Whole minutes, many of them the same, and a tail without a variance. */
  private static final ToDoubleFunction<Random> DELAYS =
      random -> Math.floor(20 * Math.pow(random.nextDouble(), -0.7)) - 25;

  @ParameterizedTest
  @CsvSource({"50, 50", "50, 1000", "100, 1000", "500, 2000", "5000, 5000"})
  void shouldRaiseFewFalseAlarmsOverNumbers(int window, int reference) {
    Random random = random();
    assertThat(falseAlarms(NORMAL, window, reference, PAIRS, random)).isLessThanOrEqualTo(ALLOWED);
    assertThat(falseAlarms(DELAYS, window, reference, PAIRS / 4, random))
        .isLessThanOrEqualTo(ALLOWED);
  }

  private static double falseAlarms(
      ToDoubleFunction<Random> shape, int window, int reference, int pairs, Random random) {
    int alarms = 0;
    for (int pair = 0; pair < pairs; pair++) {
      double[] before = draw(shape, reference, random);
      alarms += isDrift(numbers(before, draw(shape, window, random)), ANY_EFFECT) ? 1 : 0;
    }
    return (double) alarms / pairs;
  }

  @ParameterizedTest
  @CsvSource({"50, 50", "50, 5000", "100, 1000", "500, 5000", "5000, 5000"})
  void shouldRaiseFewFalseAlarmsOverCategoriesAndMissingValues(int window, int reference) {
    Random random = random();
    int alarms = 0;
    int pairs = PAIRS / 4;
    for (int pair = 0; pair < pairs; pair++) {
      ColumnDrift drift = categories(counts(reference, random), counts(window, random));
      alarms += isDrift(drift, ANY_EFFECT) ? 1 : 0;
    }
    assertThat((double) alarms / pairs).isLessThanOrEqualTo(ALLOWED);
  }

  @Test
  void shouldRaiseFewFalseAlarmsOverFiftyColumns() {
    Random random = random();
    int windows = 300;
    int alarms = 0;
    for (int window = 0; window < windows; window++) {
      List<ColumnDrift> columns = new ArrayList<>();
      for (int column = 0; column < 50; column++) {
        columns.add(numbers(draw(NORMAL, 500, random), draw(NORMAL, 200, random)));
      }
      alarms +=
          ColumnDecision.decide(columns, ANY_EFFECT, ALPHA, 50).stream()
                  .anyMatch(decision -> decision.outcome() == ColumnDecision.Outcome.DRIFT)
              ? 1
              : 0;
    }
    // Not even one of the fifty may drift, which is far less than a data set's alarm asks for.
    assertThat((double) alarms / windows).isLessThanOrEqualTo(ALLOWED);
  }

  @Test
  void shouldFindAShiftOfATenthOfAStandardDeviation() {
    Random random = random();
    int pairs = 200;
    int found = 0;
    for (int pair = 0; pair < pairs; pair++) {
      double[] current = draw(r -> 0.1 + r.nextGaussian(), 10_000, random);
      ColumnDrift drift = numbers(draw(NORMAL, 10_000, random), current);
      found += isDrift(drift, EffectThresholds.SENSITIVE) ? 1 : 0;
    }
    assertThat((double) found / pairs).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void shouldNotCallASmallShiftLarge() {
    Random random = random();
    double[] current = draw(r -> 0.1 + r.nextGaussian(), 100_000, random);
    ColumnDrift drift = numbers(draw(NORMAL, 100_000, random), current);

    assertThat(drift.measure(Statistic.KS).orElseThrow().pValue()).isLessThan(1e-50);
    assertThat(isDrift(drift, EffectThresholds.MODERATE)).isFalse();
    assertThat(isDrift(drift, EffectThresholds.SENSITIVE)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0.32", "0.25, 0.5"})
  void shouldCallAShiftWhatItsPsiSays(double psi, double shift) {
    Random random = random();
    double[] reference = draw(NORMAL, 50_000, random);
    EffectThresholds thresholds = new EffectThresholds(psi);

    ColumnDrift less =
        numbers(reference, draw(r -> 0.85 * shift + r.nextGaussian(), 50_000, random));
    ColumnDrift more =
        numbers(reference, draw(r -> 1.15 * shift + r.nextGaussian(), 50_000, random));
    for (Statistic statistic : Statistic.values()) {
      if (statistic.suits(ColumnKind.NUMBER) && statistic != Statistic.NULL_RATE) {
        double threshold = thresholds.of(statistic);
        assertThat(less.measure(statistic).orElseThrow().effect())
            .as("%s of a smaller shift", statistic)
            .isLessThan(threshold);
        assertThat(more.measure(statistic).orElseThrow().effect())
            .as("%s of a greater shift", statistic)
            .isGreaterThan(threshold);
      }
    }
  }

  @Test
  void shouldNotBeMovedByOneOutlier() {
    Random random = random();
    double[] reference = draw(NORMAL, 1000, random);
    double[] current = draw(r -> 0.3 + r.nextGaussian(), 1000, random);
    double[] withOutlier = Arrays.copyOf(current, 1001);
    withOutlier[1000] = 1e6;
    double[] outlierBefore = Arrays.copyOf(reference, 1001);
    outlierBefore[1000] = 1e6;

    double psi = psi(numbers(reference, current));
    assertThat(Math.abs(psi(numbers(reference, withOutlier)) - psi)).isLessThan(0.02);
    assertThat(Math.abs(psi(numbers(outlierBefore, current)) - psi)).isLessThan(0.02);
    assertThat(isDrift(numbers(reference, Arrays.copyOf(reference, 1000)), ANY_EFFECT)).isFalse();
    ColumnDrift same = numbers(reference, withOutlier(draw(NORMAL, 1000, random)));
    assertThat(isDrift(same, ANY_EFFECT)).isFalse();
  }

  private static double[] withOutlier(double[] values) {
    double[] more = Arrays.copyOf(values, values.length + 1);
    more[values.length] = 1e6;
    return more;
  }

  private static double psi(ColumnDrift drift) {
    return drift.measure(Statistic.PSI).orElseThrow().value();
  }

  private static Random random() {
    System.out.println("seed " + SEED);
    return new Random(SEED);
  }

  private static boolean isDrift(ColumnDrift drift, EffectThresholds thresholds) {
    ColumnDrift usual =
        drift.only(
            Arrays.stream(Statistic.values())
                .filter(Statistic::isUsual)
                .collect(Collectors.toSet()));
    return ColumnDecision.decide(List.of(usual), thresholds, ALPHA, 50).get(0).outcome()
        == ColumnDecision.Outcome.DRIFT;
  }

  private static double[] draw(ToDoubleFunction<Random> shape, int n, Random random) {
    double[] values = new double[n];
    Arrays.setAll(values, i -> shape.applyAsDouble(random));
    return values;
  }

  private static ColumnDrift numbers(double[] reference, double[] current) {
    NumberGrid grid =
        SampleStatistics.grid(Arrays.stream(reference).sorted().toArray(), Grid.DEFAULT_BINS);
    WindowCounts before = new WindowCounts(grid);
    before.add(reference, 0, reference.length);
    WindowCounts now = new WindowCounts(grid);
    now.add(current, 0, current.length);
    return ColumnStatistics.compare(grid, before, now);
  }

  /** Some frequent names, a long tail of rare ones, and five in a hundred without a name. */
  private static Map<String, Long> counts(int rows, Random random) {
    Map<String, Long> counts = new HashMap<>();
    for (int row = 0; row < rows; row++) {
      String name = "name " + (int) (4 / Math.sqrt(random.nextDouble()));
      counts.merge(random.nextDouble() < 0.05 ? "" : name, 1L, Long::sum);
    }
    return counts;
  }

  private static ColumnDrift categories(Map<String, Long> reference, Map<String, Long> current) {
    long nullsBefore = reference.getOrDefault("", 0L);
    long nulls = current.getOrDefault("", 0L);
    reference.remove("");
    current.remove("");
    CategoryGrid grid = CategoryGrid.of(reference, 0);
    WindowCounts before = grid.countCategories(reference, 0);
    before.addNulls(nullsBefore);
    WindowCounts now = grid.countCategories(current, 0);
    now.addNulls(nulls);
    return ColumnStatistics.compare(grid, before, now);
  }
}
