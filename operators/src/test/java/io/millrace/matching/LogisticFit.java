package io.millrace.matching;

import java.util.List;

/**
 * Fits a logistic model by Newton's method with a small ridge penalty; deterministic. The pairs
 * that belong together and those that do not weigh as often as they come.
 */
final class LogisticFit {
  private static final double RIDGE = 1e-3;
  private static final int ROUNDS = 25;

  private LogisticFit() {}

  /**
   * @param features rows of equal length, the first of which is 1
   */
  static double[] weights(List<double[]> features, List<Boolean> same) {
    int width = features.get(0).length;
    double[] weights = new double[width];
    for (int round = 0; round < ROUNDS; round++) {
      double[] gradient = new double[width];
      double[][] curvature = new double[width][width];
      for (int i = 0; i < features.size(); i++) {
        double[] x = features.get(i);
        double odds = 0;
        for (int k = 0; k < width; k++) {
          odds += weights[k] * x[k];
        }
        double p = 1 / (1 + Math.exp(-odds));
        for (int k = 0; k < width; k++) {
          gradient[k] += ((same.get(i) ? 1 : 0) - p) * x[k];
          for (int l = 0; l < width; l++) {
            curvature[k][l] += p * (1 - p) * x[k] * x[l];
          }
        }
      }
      for (int k = 0; k < width; k++) {
        gradient[k] -= RIDGE * features.size() * weights[k];
        curvature[k][k] += RIDGE * features.size();
      }
      double[] step = solve(curvature, gradient);
      for (int k = 0; k < width; k++) {
        weights[k] += step[k];
      }
    }
    return weights;
  }

  /** Gauss-Jordan elimination of a positive definite system. */
  private static double[] solve(double[][] matrix, double[] right) {
    int n = right.length;
    for (int pivot = 0; pivot < n; pivot++) {
      double scale = matrix[pivot][pivot];
      for (int k = 0; k < n; k++) {
        matrix[pivot][k] /= scale;
      }
      right[pivot] /= scale;
      for (int row = 0; row < n; row++) {
        if (row != pivot) {
          double factor = matrix[row][pivot];
          for (int k = 0; k < n; k++) {
            matrix[row][k] -= factor * matrix[pivot][k];
          }
          right[row] -= factor * right[pivot];
        }
      }
    }
    return right;
  }
}
