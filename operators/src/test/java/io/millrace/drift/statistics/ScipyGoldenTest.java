package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the statistics against SciPy's, see {@code src/test/scipy/drift_golden.py}. */
class ScipyGoldenTest {
  private static final double EXACT = 1e-9;
  private static final JsonNode GOLDEN = golden();

  private static JsonNode golden() {
    try (InputStream in =
        ScipyGoldenTest.class.getResourceAsStream("/golden/drift-scipy-v1.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<Named<JsonNode>> each(String what) {
    return StreamSupport.stream(GOLDEN.get(what).spliterator(), false)
        .map(node -> Named.of(node.path("name").asText(), node));
  }

  static Stream<Named<JsonNode>> pairs() {
    return each("pairs");
  }

  static Stream<Named<JsonNode>> tables() {
    return each("tables");
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void shouldEqualScipyOverTheValues(JsonNode pair) {
    double[] reference = ScipySamples.draw(pair.get("reference"));
    double[] current = ScipySamples.draw(pair.get("current"));
    JsonNode expected = pair.get("expected");
    ColumnDrift drift = SampleStatistics.compare(reference, current);

    Measure ks = drift.measure(Statistic.KS).orElseThrow();
    assertThat(ks.value()).isCloseTo(expected.get("ks").asDouble(), within(EXACT));
    String p = expected.has("ks_p_exact") ? "ks_p_exact" : "ks_p_limit";
    assertThat(ks.pValue()).isCloseTo(expected.get(p).asDouble(), within(EXACT));
    double spread = expected.get("reference_deviation").asDouble();
    if (spread > 0) {
      double distance = drift.measure(Statistic.WASSERSTEIN).orElseThrow().value() * spread;
      double wasserstein = expected.get("wasserstein").asDouble();
      assertThat(distance).isCloseTo(wasserstein, within(EXACT * Math.max(1, wasserstein)));
    }
    if (spread > 0 && expected.get("mean_p_limit").isNumber()) {
      assertThat(drift.measure(Statistic.MEAN).orElseThrow().pValue())
          .isCloseTo(expected.get("mean_p_limit").asDouble(), within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void shouldStayWithinTheStatedBoundOnAGrid(JsonNode pair) {
    double[] reference = ScipySamples.draw(pair.get("reference"));
    double[] current = ScipySamples.draw(pair.get("current"));
    JsonNode expected = pair.get("expected");
    double[] numbers = Arrays.stream(reference).filter(Double::isFinite).sorted().toArray();
    NumberGrid grid = SampleStatistics.grid(numbers, Grid.DEFAULT_BINS);
    WindowCounts before = new WindowCounts(grid);
    before.add(reference, 0, reference.length);
    WindowCounts now = new WindowCounts(grid);
    now.add(current, 0, current.length);
    ColumnDrift drift = ColumnStatistics.compare(grid, before, now);

    Measure ks = drift.measure(Statistic.KS).orElseThrow();
    assertThat(ks.errorBound()).isLessThanOrEqualTo(1.0 / 128);
    assertThat(expected.get("ks").asDouble())
        .isBetween(ks.value() - 1e-12, ks.value() + ks.errorBound() + 1e-12);
    double spread = expected.get("reference_deviation").asDouble();
    assertThat(grid.standardDeviation()).isCloseTo(spread, within(EXACT * Math.max(1, spread)));
    assertThat(before.mean())
        .isCloseTo(
            expected.get("reference_mean").asDouble(),
            within(1e-8 * spread + 1e-12 * Math.abs(before.mean())));
    if (spread > 0) {
      Measure wasserstein = drift.measure(Statistic.WASSERSTEIN).orElseThrow();
      assertThat(wasserstein.value())
          .isCloseTo(
              expected.get("wasserstein").asDouble() / spread,
              within(wasserstein.errorBound() * 1.000001));
      if (reference.length >= 100) {
        // The bound is for the worst case; this is what is seen.
        assertThat(wasserstein.value())
            .isCloseTo(expected.get("wasserstein").asDouble() / spread, within(0.02));
      }
      assertThat(before.standardDeviation()).isCloseTo(spread, within(1e-4 * spread));
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void shouldEqualScipyOverCounts(JsonNode table) {
    BinTable bins = new BinTable(longs(table.get("reference")), longs(table.get("current")));
    JsonNode expected = table.get("expected");

    close(Divergences.chiSquare(bins), expected.get("chi2"));
    close(Divergences.g(bins), expected.get("g"));
    close(
        Tails.chiSquareAbove(Divergences.chiSquare(bins), bins.bins() - 1), expected.get("chi2_p"));
    close(Tails.chiSquareAbove(Divergences.g(bins), bins.bins() - 1), expected.get("g_p"));
    close(
        Math.sqrt(Divergences.jensenShannonDivergence(bins)), expected.get("jensen_shannon"), 1e-8);
    close(Math.sqrt(Divergences.hellingerSquared(bins)), expected.get("hellinger"), 1e-7);
    if (expected.get("psi").isNumber()) {
      close(Divergences.psi(bins), expected.get("psi"));
    }
  }

  @Test
  void shouldEqualFishersExactTest() {
    for (JsonNode share : GOLDEN.get("shares")) {
      double p =
          Proportions.pValue(
              share.get("hits").asLong(),
              share.get("of").asLong(),
              share.get("other_hits").asLong(),
              share.get("other_of").asLong());
      assertThat(p).as(share.toString()).isCloseTo(share.get("fisher_p").asDouble(), within(1e-8));
    }
  }

  @Test
  void shouldAdjustPValuesAsBenjaminiAndHochbergDo() {
    for (JsonNode tests : GOLDEN.get("adjusted")) {
      double[] adjusted = MultipleTesting.benjaminiHochberg(doubles(tests.get("p")));
      assertThat(adjusted).containsExactly(doubles(tests.get("adjusted")), within(1e-12));
    }
  }

  @Test
  void shouldAdjustOnlyWhatWasTested() {
    double[] adjusted =
        MultipleTesting.benjaminiHochberg(new double[] {Double.NaN, 0.04, Double.NaN, 0.01});
    assertThat(adjusted).containsExactly(Double.NaN, 0.04, Double.NaN, 0.02);
  }

  private static void close(double actual, JsonNode expected) {
    close(actual, expected, EXACT);
  }

  private static void close(double actual, JsonNode expected, double error) {
    double value = expected.asDouble();
    assertThat(actual).isCloseTo(value, within(error * Math.max(1, value)));
  }

  private static long[] longs(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
  }

  private static double[] doubles(JsonNode array) {
    List<Double> values = new ArrayList<>();
    array.forEach(node -> values.add(node.asDouble()));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
