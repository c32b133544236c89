package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class WindowCountsTest {
  private static final long SEED = 7;

  @Test
  void shouldGiveTheSameBytesInAnyOrderAndFromAnyParts() throws IOException {
    Random random = random();
    NumberGrid grid = normalGrid(random);
    double[] values = messy(5000, random);
    WindowCounts whole = counts(grid, values);

    WindowCounts parts = new WindowCounts(grid);
    double[] backwards = reversed(values);
    for (int from = 0; from < backwards.length; ) {
      int to = Math.min(backwards.length, from + 1 + random.nextInt(1500));
      WindowCounts part = new WindowCounts(grid);
      part.add(backwards, from, to);
      parts.merge(part);
      from = to;
    }
    WindowCounts single = new WindowCounts(grid);
    for (double value : values) {
      single.add(value);
    }
    assertThat(bytes(parts)).isEqualTo(bytes(whole));
    assertThat(bytes(single)).isEqualTo(bytes(whole));
  }

  @Test
  void shouldForgetWhatIsTakenBack() throws IOException {
    Random random = random();
    NumberGrid grid = normalGrid(random);
    double[] stays = random.doubles(1000, -1, 1).toArray();
    double[] goes = random.doubles(700, -0.9, 0.9).toArray();
    WindowCounts expected = counts(grid, stays);

    WindowCounts removed = counts(grid, stays);
    removed.add(goes, 0, goes.length);
    removed.remove(goes, 0, 350);
    for (int i = 350; i < goes.length; i++) {
      removed.add(goes[i], -1);
    }
    WindowCounts subtracted = counts(grid, stays);
    subtracted.merge(counts(grid, goes));
    subtracted.subtract(counts(grid, goes));
    assertThat(bytes(removed)).isEqualTo(bytes(expected));
    assertThat(bytes(subtracted)).isEqualTo(bytes(expected));
  }

  @Test
  void shouldKnowMeanAndSpreadAndRange() {
    Random random = random();
    NumberGrid grid = normalGrid(random);
    double[] values = random.doubles(10_000, 5, 9).toArray();
    WindowCounts counts = counts(grid, values);

    double mean = Arrays.stream(values).average().orElseThrow();
    assertThat(counts.mean()).isCloseTo(mean, within(1e-8));
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    assertThat(counts.standardDeviation())
        .isCloseTo(Math.sqrt(squares / (values.length - 1)), within(1e-5));
    assertThat(counts.min()).isEqualTo(Arrays.stream(values).min().orElseThrow());
    assertThat(counts.max()).isEqualTo(Arrays.stream(values).max().orElseThrow());
  }

  @Test
  void shouldGiveEveryOddValueItsPlace() {
    NumberGrid grid = SampleStatistics.grid(new double[] {1, 2, 3}, 128);
    WindowCounts counts = new WindowCounts(grid);
    double[] values = {
      Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0, 4, 2, -0.0, 1.5
    };
    counts.add(values, 0, values.length);
    counts.addNulls(3);

    assertThat(counts.rows()).isEqualTo(11);
    assertThat(counts.nans()).isEqualTo(1);
    assertThat(counts.nulls()).isEqualTo(3);
    assertThat(counts.infinities()).isEqualTo(2);
    assertThat(counts.count(grid.underflowBin())).isEqualTo(3);
    assertThat(counts.count(grid.overflowBin())).isEqualTo(2);
    assertThat(counts.count(grid.bin(2.0))).isEqualTo(1);
    assertThat(grid.isSingleValue(grid.bin(2.0))).isTrue();
    assertThat(grid.isSingleValue(grid.bin(1.5))).isFalse();
    assertThat(counts.mean()).isCloseTo((0 + 4 + 2 + 1.5) / 5, within(1e-8));
  }

  @Test
  void shouldFindTheBinThatASearchFromTheLeftFinds() {
    Random random = random();
    for (int bins : new int[] {2, 3, 7, 64, 128, 129, 1000}) {
      NumberGrid grid = SampleStatistics.grid(random.doubles(3000, -1, 1).sorted().toArray(), bins);
      for (int i = 0; i < 2000; i++) {
        double value = i < grid.values() - 1 ? grid.upper(i) : random.nextGaussian();
        int expected = 0;
        while (expected < grid.overflowBin() && grid.upper(expected) < value) {
          expected++;
        }
        assertThat(grid.bin(value)).isEqualTo(expected);
      }
    }
  }

  @Test
  void shouldNotPutMoreInABinThanItsShare() {
    Random random = random();
    double[] values = new double[10_000];
    Arrays.setAll(values, i -> Math.rint(random.nextGaussian() * 30));
    Arrays.sort(values);
    NumberGrid grid = SampleStatistics.grid(values, 128);
    WindowCounts counts = counts(grid, values);
    for (int bin = 0; bin < grid.values(); bin++) {
      if (!grid.isSingleValue(bin)) {
        assertThat(counts.count(bin)).isLessThanOrEqualTo(10_000 / 128);
      }
    }
    assertThat(counts.count(grid.underflowBin())).isZero();
    assertThat(counts.count(grid.overflowBin())).isZero();
  }

  @Test
  void shouldTellNewNamesFromRareOnes() {
    Map<String, Long> reference = new HashMap<>();
    for (int i = 0; i < 600; i++) {
      reference.put("plane " + i, i < 10 ? 1000L : 1L);
    }
    CategoryGrid grid = CategoryGrid.of(reference, 0);
    WindowCounts counts = new WindowCounts(grid);
    counts.add("plane 3", 5);
    counts.add("plane 555", 2);
    counts.add("ship", 7);
    counts.add("kite", 1);
    counts.add("kite", -1);
    counts.addNulls(1);

    assertThat(grid.names()).hasSize(10);
    assertThat(counts.rows()).isEqualTo(15);
    assertThat(counts.newRows()).isEqualTo(7);
    assertThat(counts.newCategories()).containsExactly(Map.entry("ship", 7L));
  }

  @Test
  void shouldCallNothingNewWhereTheReferenceCouldNotRememberAllNames() {
    CategoryGrid grid = CategoryGrid.of(Map.of("a", 90L, "b", 8L), 2);
    WindowCounts counts = new WindowCounts(grid);
    counts.add("c", 50);

    assertThat(counts.newRows()).isZero();
    assertThat(counts.values()).isEqualTo(50);
  }

  @Test
  void shouldKeepTheSameNewNamesOfAnExplosionInAnyOrder() throws IOException {
    Random random = random();
    CategoryGrid grid = CategoryGrid.of(Map.of("known", 100L), 0);
    List<String> names = random.longs(20_000).mapToObj(Long::toHexString).toList();
    WindowCounts forwards = new WindowCounts(grid);
    names.forEach(name -> forwards.add(name, 1));
    WindowCounts merged = new WindowCounts(grid);
    for (int i = names.size(); i > 0; i -= 4000) {
      WindowCounts part = new WindowCounts(grid);
      names.subList(i - 4000, i).forEach(name -> part.add(name, 1));
      merged.merge(part);
    }

    assertThat(forwards.newCategories()).hasSize(NewNames.KEPT);
    assertThat(forwards.newRows()).isEqualTo(20_000);
    assertThat(bytes(merged)).isEqualTo(bytes(forwards));
    assertThat(bytes(forwards).length).isLessThan(2048);
  }

  @Test
  void shouldReadBackWhatWasWritten() throws IOException {
    Random random = random();
    NumberGrid numbers = normalGrid(random);
    Grid names = Grid.ofCategories(Map.of("a", 1000L, "b", 999L, "rare", 1L, "\u00e9", 7L), 0);
    WindowCounts named = new WindowCounts(names);
    named.add("a", 3);
    named.add("new", 2);
    for (WindowCounts counts : List.of(counts(numbers, messy(300, random)), named)) {
      DataOutputSerializer out = new DataOutputSerializer(64);
      counts.grid().write(out);
      Grid grid = Grid.read(new DataInputDeserializer(out.getCopyOfBuffer()));
      assertThat(grid.id()).isEqualTo(counts.grid().id());
      WindowCounts read = WindowCounts.read(grid, new DataInputDeserializer(bytes(counts)));
      assertThat(bytes(read)).isEqualTo(bytes(counts));
    }
  }

  @Test
  void shouldNotMixCountsOfDifferentGrids() throws IOException {
    WindowCounts one = new WindowCounts(SampleStatistics.grid(new double[] {1, 2}, 10));
    WindowCounts other = new WindowCounts(SampleStatistics.grid(new double[] {1, 3}, 10));

    assertThatThrownBy(() -> one.merge(other)).hasMessageContaining("different grids");
    byte[] written = bytes(other);
    assertThatThrownBy(() -> WindowCounts.read(one.grid(), new DataInputDeserializer(written)))
        .hasMessageContaining("read for");
  }

  @Test
  void shouldCompareColumnsThatHaveNothingToCompare() {
    NumberGrid empty = NumberGrid.of(new double[0], new double[0], new long[0], 128);
    WindowCounts allNull = new WindowCounts(empty);
    allNull.addNulls(100);
    WindowCounts values = new WindowCounts(empty);
    values.add(new double[] {1, 2, 3}, 0, 3);
    ColumnDrift drift = ColumnStatistics.compare(empty, allNull, values);
    assertThat(drift.measures())
        .extracting(Measure::statistic)
        .containsExactly(Statistic.NULL_RATE);

    NumberGrid constant = SampleStatistics.grid(new double[200], 128);
    WindowCounts zeros = counts(constant, new double[200]);
    double[] ones = new double[100];
    Arrays.fill(ones, 1);
    assertThat(outcome(constant, zeros, counts(constant, new double[100])))
        .isEqualTo(ColumnDecision.Outcome.STABLE);
    assertThat(outcome(constant, zeros, counts(constant, ones)))
        .isEqualTo(ColumnDecision.Outcome.DRIFT);
    assertThat(outcome(constant, zeros, new WindowCounts(constant)))
        .isEqualTo(ColumnDecision.Outcome.INSUFFICIENT_DATA);
  }

  private static ColumnDecision.Outcome outcome(
      Grid grid, WindowCounts reference, WindowCounts current) {
    ColumnDrift drift = ColumnStatistics.compare(grid, reference, current);
    return ColumnDecision.decide(List.of(drift), EffectThresholds.MODERATE, 0.01, 50)
        .get(0)
        .outcome();
  }

  private static Random random() {
    System.out.println("seed " + SEED);
    return new Random(SEED);
  }

  private static NumberGrid normalGrid(Random random) {
    double[] values = new double[3000];
    Arrays.setAll(values, i -> random.nextGaussian());
    Arrays.sort(values);
    return SampleStatistics.grid(values, 128);
  }

  private static double[] messy(int n, Random random) {
    double[] values = new double[n];
    Arrays.setAll(
        values,
        i ->
            switch (random.nextInt(20)) {
              case 0 -> Double.NaN;
              case 1 -> Double.POSITIVE_INFINITY;
              case 2 -> random.nextGaussian() * 1e300;
              case 3 -> -1e-300;
              default -> random.nextGaussian();
            });
    return values;
  }

  private static double[] reversed(double[] values) {
    double[] reversed = new double[values.length];
    Arrays.setAll(reversed, i -> values[values.length - 1 - i]);
    return reversed;
  }

  private static WindowCounts counts(NumberGrid grid, double[] values) {
    WindowCounts counts = new WindowCounts(grid);
    counts.add(values, 0, values.length);
    return counts;
  }

  private static byte[] bytes(WindowCounts counts) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    counts.write(out);
    return out.getCopyOfBuffer();
  }
}
