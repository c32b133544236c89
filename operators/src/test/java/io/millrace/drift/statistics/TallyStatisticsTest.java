package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TallyStatisticsTest {
  private static final int LIMIT = NumberTally.REFERENCE_LIMIT;
  private static final long SEED = 20_130_704;

  private static ColumnTally tally(double... values) {
    ColumnTally tally = ColumnTally.of(ColumnKind.NUMBER, LIMIT);
    tally.add(values, 0, values.length, 1);
    return tally;
  }

  @ParameterizedTest
  @MethodSource("io.millrace.drift.statistics.ScipyGoldenTest#pairs")
  void shouldEqualScipyAsFarAsItSaysSo(JsonNode pair) {
    ColumnTally reference = tally(ScipySamples.draw(pair.get("reference")));
    ColumnTally current = tally(ScipySamples.draw(pair.get("current")));
    JsonNode expected = pair.get("expected");
    boolean exact = reference.distinct() >= 0 && current.distinct() >= 0;

    Measure ks = TallyStatistics.kolmogorovSmirnov(reference, current).orElseThrow();
    double distance = expected.get("ks").asDouble();
    assertThat(distance).isBetween(ks.value() - 1e-9, ks.value() + ks.errorBound() + 1e-9);
    assertThat(ks.value()).isCloseTo(distance, within(exact ? 1e-9 : 0.005));
    double wasserstein = expected.get("wasserstein").asDouble();
    assertThat(TallyStatistics.wasserstein(reference, current))
        .isCloseTo(wasserstein, within(Math.max(1, wasserstein) * (exact ? 1e-9 : 1e-3)));
    if (exact) {
      String p = expected.has("ks_p_exact") ? "ks_p_exact" : "ks_p_limit";
      assertThat(ks.pValue()).isCloseTo(expected.get(p).asDouble(), within(1e-9));
    }
  }

  @ParameterizedTest
  @MethodSource("io.millrace.drift.statistics.ScipyGoldenTest#pairs")
  void shouldBinAsTheSamplesThemselvesAreBinned(JsonNode pair) {
    double[] reference = ScipySamples.draw(pair.get("reference"));
    double[] current = ScipySamples.draw(pair.get("current"));
    ColumnDrift tallied = TallyStatistics.compareBinned(tally(reference), tally(current));
    ColumnDrift sampled = SampleStatistics.compare(reference, current);

    boolean exact = Math.max(reference.length, current.length) <= LIMIT;
    for (Statistic statistic :
        new Statistic[] {Statistic.PSI, Statistic.JENSEN_SHANNON, Statistic.CHI_SQUARE}) {
      Measure expected = sampled.measure(statistic).orElseThrow();
      Measure found = tallied.measure(statistic).orElseThrow();
      if (exact) {
        assertThat(found.value()).isEqualTo(expected.value());
        assertThat(found.pValue()).isEqualTo(expected.pValue());
      } else if (statistic != Statistic.CHI_SQUARE) {
        // The groups end where cells end, a little beside the quantiles.
        assertThat(found.value())
            .isCloseTo(expected.value(), within(0.005 + 0.02 * expected.value()));
      }
    }
  }

  @Test
  void shouldCompareInTheCellsOfTheCoarserSide() {
    Random random = new Random(SEED);
    double[] many = random.doubles(50_000).map(u -> Math.exp(random.nextGaussian())).toArray();
    double[] few = Arrays.copyOf(many, 500);
    ColumnTally coarse = tally(many);
    ColumnTally fine = tally(few);

    assertThat(coarse.distinct()).isEqualTo(-1);
    assertThat(fine.distinct()).isEqualTo(500);
    double ks = TallyStatistics.kolmogorovSmirnov(coarse, fine).orElseThrow().value();
    double turned = TallyStatistics.kolmogorovSmirnov(fine, coarse).orElseThrow().value();
    Arrays.sort(many);
    Arrays.sort(few);
    assertThat(ks).isEqualTo(turned);
    assertThat(ks).isCloseTo(KolmogorovSmirnov.distance(many, few), within(0.003));
    assertThat(TallyStatistics.wasserstein(coarse, fine))
        .isCloseTo(Wasserstein.distance(many, few), within(0.003));
    assertThat(fine.distinct()).as("is not changed by being compared").isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 999, 4_096})
  void shouldFindExactQuantilesOfFewDifferentNumbers(int n) {
    System.out.println("seed " + SEED);
    double[] values = new Random(SEED).doubles(n, -1e3, 1e6).toArray();
    ColumnTally tally = tally(values);
    Arrays.sort(values);
    for (double q : new double[] {0, 0.001, 0.25, 0.5, 0.95, 1}) {
      assertThat(TallyStatistics.quantile(tally, q)).isEqualTo(linear(values, q), within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 4})
  void shouldFindQuantilesOfManyNumbersWithinTheStatedError(double spread) {
    Random random = new Random(SEED);
    double[] values =
        DoubleStream.generate(() -> Math.exp(spread * random.nextGaussian()))
            .limit(100_000)
            .toArray();
    ColumnTally tally = tally(values);
    Arrays.sort(values);
    double powers = Math.getExponent(values[values.length - 1]) - Math.getExponent(values[0]) + 1;
    for (double q = 0; q <= 1; q += 0.01) {
      double exact = linear(values, q);
      assertThat(TallyStatistics.quantile(tally, q))
          .as("q %.2f over %.0f powers of two", q, powers)
          .isCloseTo(exact, within(exact * powers / 2_048));
    }
  }

  /** Hyndman and Fan, type 7. */
  private static double linear(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    double above = sorted[Math.min(sorted.length - 1, below + 1)];
    return sorted[below] + (place - below) * (above - sorted[below]);
  }

  @Test
  void shouldPlaceInfinitiesAtTheEndsOfQuantiles() {
    ColumnTally tally = tally(Double.NEGATIVE_INFINITY, 1, 2, Double.POSITIVE_INFINITY, Double.NaN);

    assertThat(TallyStatistics.quantile(tally, 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(TallyStatistics.quantile(tally, 0.5)).isEqualTo(1.5);
    assertThat(TallyStatistics.quantile(tally, 1)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(TallyStatistics.quantile(tally(Double.NaN), 0.5)).isNaN();
  }

  @Test
  void shouldCountInBinsOfEqualWidthWhoseLastOneIsClosed() {
    assertThat(TallyStatistics.histogram(tally(0, 1, 2, 2.5, 5, 10, 10), 4))
        .containsExactly(
            new TallyStatistics.Bin(0, 2.5, 3),
            new TallyStatistics.Bin(2.5, 5, 1),
            new TallyStatistics.Bin(5, 7.5, 1),
            new TallyStatistics.Bin(7.5, 10, 2));
    assertThat(TallyStatistics.histogram(tally(3, 3), 4))
        .containsExactly(new TallyStatistics.Bin(3, 3, 2));
    assertThat(TallyStatistics.histogram(tally(), 4)).isEmpty();
  }

  @Test
  void shouldListTheMostFrequentNamesAndSumTheRest() {
    ColumnTally tally = ColumnTally.of(ColumnKind.CATEGORY, LIMIT);
    Map.of("UA", 5L, "DL", 5L, "OO", 2L, "HA", 1L).forEach(tally::add);

    TallyStatistics.Names names = TallyStatistics.names(tally, 2);
    assertThat(names.listed()).containsExactly(Map.entry("DL", 5L), Map.entry("UA", 5L));
    assertThat(names.others()).isEqualTo(3);
  }

  @Test
  void shouldStayFineWhileAWindowMovesOn() {
    ColumnTally window = ColumnTally.of(ColumnKind.NUMBER, LIMIT);
    for (int i = 0; i < 100_000; i++) {
      window.add(Math.sqrt(i), 1);
      if (i >= 1_000) {
        window.add(Math.sqrt(i - 1_000), -1);
      }
    }

    assertThat(window.distinct())
        .as("the numbers of the last window, each by itself")
        .isEqualTo(1_000);
    assertThat(TallyStatistics.quantile(window, 1)).isEqualTo(Math.sqrt(99_999));
  }
}
