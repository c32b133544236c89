package io.millrace.features.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WideTest {
  @Test
  void shouldAddAndSubtractAsBigIntegersDo() {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      int width = 2 + random.nextInt(4);
      long[] words = new long[width + 2];
      long[] others = new long[width];
      BigInteger expected = BigInteger.ZERO;
      for (int step = 0; step < 20; step++) {
        BigInteger value = number(random, 64 * width - 6);
        long small = number(random, 63).longValue();
        long square = Math.multiplyHigh(small, small);
        switch (random.nextInt(6)) {
          case 0 -> {
            Wide.add(words, 1, width, value);
            expected = expected.add(value);
          }
          case 1 -> {
            Wide.subtract(words, 1, width, value);
            expected = expected.subtract(value);
          }
          case 2 -> {
            Wide.add(words, 1, width, small);
            expected = expected.add(BigInteger.valueOf(small));
          }
          case 3 -> {
            Wide.add(words, 1, width, small * small, square);
            expected = expected.add(BigInteger.valueOf(small).pow(2));
          }
          case 4 -> {
            Wide.subtract(words, 1, width, small * small, square);
            expected = expected.subtract(BigInteger.valueOf(small).pow(2));
          }
          default -> {
            Wide.add(others, 0, width, value);
            Wide.addWords(words, 1, width, others, 0);
            Wide.addWords(words, 1, width, others, 0);
            Wide.subtractWords(words, 1, width, others, 0);
            expected = expected.add(value);
            others = new long[width];
          }
        }
        // Two's complement wraps; so does the expectation.
        expected = wrapped(expected, width);
        assertThat(Wide.toBigInteger(words, 1, width)).as("seed %d", seed).isEqualTo(expected);
      }
      assertThat(words[0]).isZero();
      assertThat(words[width + 1]).isZero();
    }
  }

  private static BigInteger wrapped(BigInteger value, int width) {
    BigInteger range = BigInteger.ONE.shiftLeft(64 * width);
    BigInteger positive = value.mod(range);
    return positive.testBit(64 * width - 1) ? positive.subtract(range) : positive;
  }

  private static BigInteger number(Random random, int bits) {
    BigInteger magnitude =
        switch (random.nextInt(4)) {
          case 0 -> BigInteger.ONE.shiftLeft(random.nextInt(bits)).subtract(BigInteger.ONE);
          case 1 -> BigInteger.ONE.shiftLeft(random.nextInt(bits));
          default -> new BigInteger(random.nextInt(bits), random);
        };
    return random.nextBoolean() ? magnitude : magnitude.negate();
  }
}
