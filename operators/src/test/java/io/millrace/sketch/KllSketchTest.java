package io.millrace.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class KllSketchTest {
  private static final int K = 200;
  private static final double RANK_ERROR = 0.0165;

  @Test
  void shouldBeExactUpToKValues() {
    Random random = new Random(1);
    KllSketch sketch = new KllSketch(K);
    double[] values = random.doubles(K).toArray();
    for (double value : values) {
      sketch.add(DoubleOrder.orderOf(value));
    }
    Arrays.sort(values);
    for (int i = 0; i < K; i++) {
      assertThat(quantile(sketch, (i + 1.0) / K)).isEqualTo(values[i]);
    }
    assertThat(quantile(sketch, 0)).isEqualTo(values[0]);
  }

  @Test
  void shouldKeepRanksWithinTheStatedErrorForAnyOrderOfArrival() {
    int questions = 0;
    int outside = 0;
    double worst = 0;
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int n = 1000 + random.nextInt(20_000);
      double[] values = values(seed, n, random);
      KllSketch sketch = new KllSketch(K);
      for (double value : values) {
        sketch.add(DoubleOrder.orderOf(value));
      }
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      for (double q = 0.01; q < 1; q += 0.01) {
        double error = rankError(sorted, quantile(sketch, q), q);
        worst = Math.max(worst, error);
        questions++;
        outside += error > RANK_ERROR ? 1 : 0;
      }
    }
    // The stated error holds for 99 of 100 sketches; single questions do better.
    assertThat(outside).as("of %d, worst %f", questions, worst).isLessThan(questions / 100);
    assertThat(worst).isLessThan(2 * RANK_ERROR);
  }

  @Test
  void shouldKeepTheErrorWhenMergedFromManyParts() {
    int outside = 0;
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      KllSketch whole = new KllSketch(K);
      List<Double> all = new ArrayList<>();
      int parts = 1 + random.nextInt(60);
      for (int part = 0; part < parts; part++) {
        KllSketch sketch = new KllSketch(K);
        int n = random.nextInt(random.nextBoolean() ? 10 : 2000);
        for (int i = 0; i < n; i++) {
          double value = Math.exp(random.nextGaussian() + part / 10.0);
          sketch.add(DoubleOrder.orderOf(value));
          all.add(value);
        }
        whole.merge(sketch);
        assertThat(whole.count()).isEqualTo(all.size());
      }
      double[] sorted = all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      for (double q = 0.05; sorted.length > 0 && q < 1; q += 0.05) {
        outside += rankError(sorted, quantile(whole, q), q) > RANK_ERROR ? 1 : 0;
      }
    }
    assertThat(outside).isLessThan(8);
  }

  @Test
  void shouldBeAsGoodAsDataSketches() {
    double ours = 0;
    double theirs = 0;
    for (int seed = 0; seed < 30; seed++) {
      Random random = new Random(seed);
      double[] values = random.doubles(20_000).map(x -> -Math.log(x)).toArray();
      KllSketch sketch = new KllSketch(K);
      KllDoublesSketch other = KllDoublesSketch.newHeapInstance(K);
      for (double value : values) {
        sketch.add(DoubleOrder.orderOf(value));
        other.update(value);
      }
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      for (double q : new double[] {0.01, 0.25, 0.5, 0.75, 0.95, 0.99}) {
        ours += rankError(sorted, quantile(sketch, q), q);
        theirs += rankError(sorted, other.getQuantile(q, QuantileSearchCriteria.INCLUSIVE), q);
      }
    }
    assertThat(ours).isLessThan(1.3 * theirs);
  }

  @Test
  void shouldNotChangeItsAnswersByBeingAsked() throws IOException {
    Random random = new Random(4);
    KllSketch asked = new KllSketch(K);
    KllSketch left = new KllSketch(K);
    for (int i = 0; i < 5000; i++) {
      long value = DoubleOrder.orderOf(random.nextInt(1000));
      asked.add(value);
      left.add(value);
      if (random.nextInt(3) == 0) {
        double q = random.nextDouble();
        assertThat(asked.quantile(q)).isEqualTo(left.copy().quantile(q));
      }
    }
    asked.quantile(0.5);
    left.quantile(0.5);
    assertThat(bytes(asked)).isEqualTo(bytes(left));
  }

  @Test
  void shouldGiveTheSameSketchForTheSameInput() throws IOException {
    assertThat(bytes(sketchOf(7, 50_000))).isEqualTo(bytes(sketchOf(7, 50_000)));
    assertThat(bytes(sketchOf(7, 50_000)).length).isLessThan(6000);
  }

  @Test
  void shouldReadBackWhatItWroteAndGoOnAlike() throws IOException {
    KllSketch sketch = sketchOf(3, 12_345);
    byte[] written = bytes(sketch);
    KllSketch read = KllSketch.read(K, new DataInputDeserializer(written));
    KllSketch copy = sketch.copy();
    assertThat(bytes(read)).isEqualTo(written);
    Random random = new Random(9);
    for (int i = 0; i < 5000; i++) {
      long value = DoubleOrder.orderOf(random.nextGaussian());
      sketch.add(value);
      read.add(value);
      copy.add(value);
    }
    assertThat(bytes(read)).isEqualTo(bytes(sketch)).isEqualTo(bytes(copy));
  }

  @Test
  void shouldPutNaNAboveEverything() {
    KllSketch sketch = new KllSketch(K);
    sketch.add(DoubleOrder.orderOf(Double.NaN));
    sketch.add(DoubleOrder.orderOf(Double.POSITIVE_INFINITY));
    sketch.add(DoubleOrder.orderOf(-0.0));
    assertThat(quantile(sketch, 0)).isEqualTo(0.0);
    assertThat(quantile(sketch, 0.5)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(quantile(sketch, 1)).isNaN();
  }

  private static double[] values(int seed, int n, Random random) {
    DoubleSupplier next =
        switch (seed % 4) {
          case 0 -> random::nextGaussian;
          case 1 -> () -> random.nextInt(50);
          case 2 -> () -> Math.exp(5 * random.nextGaussian());
          default -> random::nextDouble;
        };
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = next.getAsDouble();
    }
    if (seed % 3 == 0) {
      Arrays.sort(values);
    }
    return values;
  }

  private static KllSketch sketchOf(int seed, int n) {
    Random random = new Random(seed);
    KllSketch sketch = new KllSketch(K);
    for (int i = 0; i < n; i++) {
      sketch.add(DoubleOrder.orderOf(random.nextGaussian()));
    }
    return sketch;
  }

  /** Distance of q to the ranks that the value has among the sorted ones. */
  private static double rankError(double[] sorted, double value, double q) {
    int below = 0;
    int upTo = 0;
    for (double each : sorted) {
      below += each < value ? 1 : 0;
      upTo += each <= value ? 1 : 0;
    }
    double low = (double) below / sorted.length;
    double high = (double) upTo / sorted.length;
    return q < low ? low - q : q > high ? q - high : 0;
  }

  private static double quantile(KllSketch sketch, double q) {
    return DoubleOrder.doubleOf(sketch.quantile(q));
  }

  private static byte[] bytes(KllSketch sketch) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    sketch.write(out);
    return out.getCopyOfBuffer();
  }
}
