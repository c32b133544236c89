package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.drift.statistics.NumberTally.Cells;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberTallyTest {

  private static final long SEED = 20_130_101;

  @Test
  void shouldCountFewNumbersExactly() {
    NumberTally tally = new NumberTally(64);
    for (double value : new double[] {15, -3, 0.0, -0.0, 15, 1e300, -1e-300, 15}) {
      tally.add(value, 1);
    }

    Cells cells = tally.cells();
    assertThat(cells.lowest()).containsExactly(-3, -1e-300, 0, 15, 1e300);
    assertThat(cells.highest()).containsExactly(cells.lowest());
    assertThat(cells.counts()).containsExactly(1, 1, 2, 3, 1);
    assertThat(tally.isExact()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 512, 4_096})
  void shouldHoldEveryNumberInItsCell(int limit) {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    double[] values = random.doubles(100_000).map(u -> random.nextGaussian() * 1e3).toArray();
    NumberTally tally = new NumberTally(limit);
    TreeMap<Double, Long> truth = new TreeMap<>();
    for (double value : values) {
      tally.add(value, 1);
      truth.merge(value, 1L, Long::sum);
    }

    Cells cells = tally.cells();
    assertThat(cells.counts().length).isBetween(limit / 8, limit);
    for (int i = 0; i < cells.counts().length; i++) {
      assertThat(cells.lowest()[i]).isLessThanOrEqualTo(cells.highest()[i]);
      if (i > 0) {
        assertThat(cells.highest()[i - 1]).isLessThan(cells.lowest()[i]);
      }
      assertThat(cells.counts()[i])
          .isEqualTo(
              truth.subMap(cells.lowest()[i], true, cells.highest()[i], true).values().stream()
                  .mapToLong(Long::longValue)
                  .sum());
    }
    assertThat(Arrays.stream(cells.counts()).sum()).isEqualTo(values.length);
  }

  @Test
  void shouldResolveANormalDistributionFinelyWhereverItLies() {
    Random random = new Random(SEED);
    for (double mean : new double[] {0, 1e9, -12345.678}) {
      NumberTally tally = new NumberTally(NumberTally.REFERENCE_LIMIT);
      int n = 200_000;
      for (int i = 0; i < n; i++) {
        tally.add(mean + random.nextGaussian(), 1);
      }

      assertThat(Arrays.stream(tally.cells().counts()).max().orElseThrow() / (double) n)
          .as("share of the greatest cell around " + mean)
          .isLessThan(0.003);
    }
  }

  @Test
  void shouldNotDependOnOrderNorOnHowItWasMerged() throws IOException {
    Random random = new Random(SEED);
    double[] values =
        random.doubles(20_000).map(u -> Math.exp(4 * random.nextGaussian())).toArray();
    NumberTally inOrder = new NumberTally(256);
    for (double value : values) {
      inOrder.add(value, 1);
    }
    Arrays.sort(values);
    NumberTally[] parts = {new NumberTally(256), new NumberTally(256), new NumberTally(256)};
    for (int i = 0; i < values.length; i++) {
      parts[i * i % 3].add(values[i], 1);
    }
    NumberTally merged = new NumberTally(256);
    merged.merge(parts[2]);
    merged.merge(parts[0]);
    merged.merge(parts[1]);

    assertThat(bytes(merged)).isEqualTo(bytes(inOrder));
  }

  @Test
  void shouldTakeBackWhatWasCounted() {
    NumberTally tally = new NumberTally(64);
    tally.add(1, 1);
    tally.add(2, 3);
    tally.add(2, -1);
    tally.add(1, -1);

    assertThat(tally.cells().lowest()).containsExactly(2);
    assertThat(tally.cells().counts()).containsExactly(2);
    assertThat(tally.count()).isEqualTo(2);
  }

  @Test
  void shouldKeepToTheNumbersAtTheEndsOfTheRange() {
    NumberTally tally = new NumberTally(16);
    Random random = new Random(SEED);
    for (int i = 0; i < 1_000; i++) {
      tally.add(Double.longBitsToDouble(random.nextLong() & ~(1L << 62)), 1);
      tally.add(Double.MAX_VALUE, 1);
      tally.add(-Double.MAX_VALUE, 1);
    }

    Cells cells = tally.cells();
    assertThat(cells.lowest()[0]).isGreaterThanOrEqualTo(-Double.MAX_VALUE);
    assertThat(cells.highest()[cells.highest().length - 1]).isEqualTo(Double.MAX_VALUE);
  }

  /** Part of savepoints: these bytes never change. */
  @Test
  void shouldBeWrittenAsEverBefore() throws IOException {
    NumberTally exact = new NumberTally(16);
    exact.add(1, 2);
    exact.add(-7.5, 1);
    exact.add(3, -1);
    NumberTally coarse = new NumberTally(16);
    for (int i = 0; i < 100; i++) {
      coarse.add(i, 1);
    }

    assertThat(bytes(exact))
        .isEqualTo("0003818080808080809e800102fdfffffffffffff1ff0104808080808080801801");
    assertThat(bytes(coarse))
        .isEqualTo("330e0002fc1f02040202020204020402080208021002100220022002400208");
    assertThat(bytes(read(16, bytes(exact)))).isEqualTo(bytes(exact));
    assertThat(bytes(read(16, bytes(coarse)))).isEqualTo(bytes(coarse));
  }

  private static String bytes(NumberTally tally) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    tally.write(out);
    return HexFormat.of().formatHex(out.getCopyOfBuffer());
  }

  private static NumberTally read(int limit, String bytes) throws IOException {
    return NumberTally.read(limit, new DataInputDeserializer(HexFormat.of().parseHex(bytes)));
  }
}
