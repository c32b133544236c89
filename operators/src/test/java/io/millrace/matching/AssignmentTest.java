package io.millrace.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {

  @Test
  void shouldFindTheGreatestSumAsTryingEverythingDoes() {
    long seed = 5;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      double[][] gain = new double[random.nextInt(6)][random.nextInt(6)];
      for (double[] row : gain) {
        for (int j = 0; j < row.length; j++) {
          row[j] = random.nextInt(4) == 0 ? 0 : random.nextDouble();
        }
      }
      int[] columnOf = Assignment.best(gain);
      double sum = 0;
      long taken = 0;
      for (int i = 0; i < columnOf.length; i++) {
        if (columnOf[i] >= 0) {
          assertThat(taken & 1L << columnOf[i]).as("one row each").isZero();
          taken |= 1L << columnOf[i];
          sum += gain[i][columnOf[i]];
        }
      }
      assertThat(sum).isCloseTo(bestSum(gain, 0, 0), within(1e-9));
    }
  }

  private static double bestSum(double[][] gain, int row, long taken) {
    if (row == gain.length) {
      return 0;
    }
    double best = bestSum(gain, row + 1, taken);
    for (int j = 0; j < gain[row].length; j++) {
      if ((taken & 1L << j) == 0) {
        best = Math.max(best, gain[row][j] + bestSum(gain, row + 1, taken | 1L << j));
      }
    }
    return best;
  }
}
