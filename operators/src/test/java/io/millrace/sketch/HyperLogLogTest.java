package io.millrace.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.apache.datasketches.hll.HllSketch;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class HyperLogLogTest {
  private static final double STANDARD_ERROR = 1.04 / Math.sqrt(4096);

  @Test
  void shouldStayUnbiasedAndWithinTheStatedErrorFromAThousandToAMillion() {
    for (int distinct : new int[] {1025, 3_000, 10_000, 30_000, 100_000, 1_000_000}) {
      int trials = distinct > 100_000 ? 10 : 60;
      double errors = 0;
      double squares = 0;
      for (int seed = 0; seed < trials; seed++) {
        Random random = new Random(31L * distinct + seed);
        HyperLogLog sketch = new HyperLogLog(12);
        long offset = random.nextLong();
        for (int i = 0; i < distinct; i++) {
          sketch.add(Hash64.of(offset + i));
        }
        double error = (double) sketch.estimate() / distinct - 1;
        errors += error;
        squares += error * error;
      }
      assertThat(Math.sqrt(squares / trials))
          .as("standard error at %d", distinct)
          .isLessThan(1.6 * STANDARD_ERROR);
      assertThat(Math.abs(errors / trials))
          .as("bias at %d", distinct)
          .isLessThan(4 * STANDARD_ERROR / Math.sqrt(trials));
    }
  }

  @Test
  void shouldAgreeWithDataSketches() {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      HyperLogLog sketch = new HyperLogLog(12);
      HllSketch other = new HllSketch(12);
      int distinct = 2_000 + random.nextInt(100_000);
      for (int i = 0; i < distinct; i++) {
        sketch.add(Hash64.of(seed * 1_000_000_007L + i));
        other.update(seed * 1_000_000_007L + i);
      }
      // Two independent estimates: their difference has the sum of both variances.
      assertThat(Math.abs(sketch.estimate() / other.getCompositeEstimate() - 1))
          .as("seed %d", seed)
          .isLessThan(4 * Math.sqrt(2) * STANDARD_ERROR);
    }
  }

  @Test
  void shouldBeTheSameBitForBitWhateverTheOrderAndTheParts() throws IOException {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int distinct = 1 + random.nextInt(4_000);
      HyperLogLog[] parts = new HyperLogLog[1 + random.nextInt(6)];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = new HyperLogLog(12);
      }
      HyperLogLog whole = new HyperLogLog(12);
      for (int i = 0; i < distinct; i++) {
        whole.add(Hash64.of(i));
        parts[random.nextInt(parts.length)].add(Hash64.of(distinct - 1 - i));
        parts[random.nextInt(parts.length)].add(Hash64.of(distinct - 1 - i));
      }
      HyperLogLog merged = new HyperLogLog(12);
      for (HyperLogLog part : parts) {
        byte[] before = bytes(part);
        merged.merge(part);
        assertThat(bytes(part)).isEqualTo(before);
      }
      assertThat(bytes(merged)).as("seed %d", seed).isEqualTo(bytes(whole));
      assertThat(merged.estimate()).isEqualTo(whole.estimate());
      byte[] written = bytes(whole);
      HyperLogLog read = HyperLogLog.read(12, new DataInputDeserializer(written));
      HyperLogLog copy = whole.copy();
      for (int i = 0; i < 500; i++) {
        long hash = random.nextLong();
        read.add(hash);
        copy.add(hash);
        whole.add(hash);
      }
      assertThat(bytes(read)).isEqualTo(bytes(whole)).isEqualTo(bytes(copy));
      assertThat(read.estimate()).isEqualTo(whole.estimate()).isEqualTo(copy.estimate());
    }
  }

  @Test
  void shouldHoldRanksOfHashesThatAreAllZeros() {
    HyperLogLog sketch = new HyperLogLog(4);
    for (long i = 0; i <= HyperLogLog.MAX_SPARSE; i++) {
      sketch.add(i);
    }
    sketch.add(0);
    sketch.add(-1);
    // All begin with the same bits, so that one register has seen nearly everything.
    assertThat(sketch.estimate()).isPositive();
  }

  private static byte[] bytes(HyperLogLog sketch) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    sketch.write(out);
    return out.getCopyOfBuffer();
  }
}
