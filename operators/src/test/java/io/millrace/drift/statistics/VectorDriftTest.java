package io.millrace.drift.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class VectorDriftTest {
  private static final long SEED = 17;
  private static final int DIMENSION = 24;

  private final Random random = new Random(SEED);

  private List<float[]> vectors(int n, double shift, double spread) {
    List<float[]> vectors = new ArrayList<>();
    for (int v = 0; v < n; v++) {
      float[] vector = new float[DIMENSION];
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = (float) (1 + shift + spread * random.nextGaussian());
      }
      vectors.add(vector);
    }
    return vectors;
  }

  private static VectorSample sample(List<float[]> vectors) {
    VectorSample sample = new VectorSample(DIMENSION, 100);
    vectors.forEach(sample::add);
    return sample;
  }

  private static Measure measure(ColumnDrift drift, Statistic statistic) {
    return drift.measure(statistic).orElseThrow();
  }

  @Test
  void shouldRaiseFewFalseAlarms() {
    System.out.println("seed " + SEED);
    int pairs = 150;
    int alarms = 0;
    for (int pair = 0; pair < pairs; pair++) {
      ColumnDrift drift =
          VectorDrift.compare(sample(vectors(300, 0, 1)), sample(vectors(200, 0, 1)));
      alarms += measure(drift, Statistic.ENERGY).pValue() <= 0.05 ? 1 : 0;
    }
    assertThat((double) alarms / pairs).isLessThan(0.1);
  }

  @Test
  void shouldMeasureAShiftInStandardDeviations() {
    ColumnDrift drift =
        VectorDrift.compare(sample(vectors(300, 0, 1)), sample(vectors(300, 0.5, 1)));

    assertThat(measure(drift, Statistic.ENERGY).effect()).isCloseTo(0.5, within(0.1));
    assertThat(measure(drift, Statistic.ENERGY).pValue()).isEqualTo(0.001);
    assertThat(measure(drift, Statistic.COSINE).pValue()).isEqualTo(0.001);
  }

  @Test
  void shouldSeeASpreadThatTheMeansDoNotShow() {
    ColumnDrift drift =
        VectorDrift.compare(sample(vectors(300, 0, 1)), sample(vectors(300, 0, 1.6)));

    assertThat(measure(drift, Statistic.ENERGY).pValue()).isEqualTo(0.001);
    assertThat(measure(drift, Statistic.COSINE).value()).isLessThan(0.02);
  }

  @Test
  void shouldTakeTheCosineOfTheExactMeans() {
    VectorSample along = new VectorSample(2, 10);
    VectorSample across = new VectorSample(2, 10);
    for (int i = 1; i <= 20; i++) {
      along.add(new float[] {i, 0});
      across.add(new float[] {i, i});
    }
    ColumnDrift drift = VectorDrift.compare(along, across);

    assertThat(measure(drift, Statistic.COSINE).value())
        .isCloseTo(1 - Math.sqrt(0.5), within(1e-12));
  }

  @Test
  void shouldSampleTheSameInAnyOrderAndFromAnyParts() throws IOException {
    List<float[]> vectors = vectors(500, 0, 1);
    VectorSample whole = sample(vectors);
    Collections.shuffle(vectors, random);
    VectorSample merged = sample(vectors.subList(0, 123));
    merged.merge(sample(vectors.subList(123, 500)));

    assertThat(bytes(merged)).isEqualTo(bytes(whole));
    VectorSample read = VectorSample.read(new DataInputDeserializer(bytes(whole)));
    assertThat(bytes(read)).isEqualTo(bytes(whole));
    assertThat(whole.vectors()).hasSize(100);
  }

  @Test
  void shouldCountWhatIsNoVector() {
    VectorSample sample = sample(vectors(20, 0, 1));
    sample.addNulls(2);
    sample.add(new float[] {1, 2});
    float[] odd = new float[DIMENSION];
    odd[3] = Float.NaN;
    sample.add(odd);

    assertThat(sample.rows()).isEqualTo(24);
    assertThat(sample.invalid()).isEqualTo(2);
    ColumnDrift drift = VectorDrift.compare(sample(vectors(20, 0, 1)), sample);
    assertThat(measure(drift, Statistic.NULL_RATE).value()).isEqualTo(4.0 / 24);
    assertThat(VectorDrift.compare(sample, sample(vectors(3, 0, 1))).measures())
        .extracting(Measure::statistic)
        .containsExactly(Statistic.NULL_RATE);
    assertThatThrownBy(() -> sample.merge(new VectorSample(2, 10)))
        .hasMessageContaining("dimension");
  }

  private static byte[] bytes(VectorSample sample) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    sample.write(out);
    return out.getCopyOfBuffer();
  }
}
