package io.millrace.matching;

import java.util.Arrays;

/**
 * The one-to-one assignment of rows to columns with the greatest sum: the Hungarian method with
 * potentials (Kuhn 1955, Munkres 1957). Cost O(rows^2 columns) when there are no more rows than
 * columns.
 */
final class Assignment {
  private Assignment() {}

  /**
   * @param gain of each pair, not negative; rows of equal length
   * @return the column of each row, -1 for rows that get none
   */
  static int[] best(double[][] gain) {
    int rows = gain.length;
    int columns = rows == 0 ? 0 : gain[0].length;
    int[] columnOf = new int[rows];
    Arrays.fill(columnOf, -1);
    if (columns == 0) {
      return columnOf;
    }
    int n = Math.max(rows, columns);
    double[] rowPotential = new double[n + 1];
    double[] columnPotential = new double[n + 1];
    int[] rowAt = new int[n + 1];
    for (int row = 1; row <= n; row++) {
      augment(row, gain, n, rowPotential, columnPotential, rowAt);
    }
    for (int column = 1; column <= columns; column++) {
      if (rowAt[column] <= rows) {
        columnOf[rowAt[column] - 1] = column - 1;
      }
    }
    return columnOf;
  }

  private static void augment(
      int row, double[][] gain, int n, double[] u, double[] v, int[] rowAt) {
    int[] way = new int[n + 1];
    double[] least = new double[n + 1];
    boolean[] used = new boolean[n + 1];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    rowAt[0] = row;
    int column = 0;
    do {
      used[column] = true;
      int current = rowAt[column];
      double delta = Double.POSITIVE_INFINITY;
      int next = 0;
      for (int j = 1; j <= n; j++) {
        if (!used[j]) {
          double reduced = cost(gain, current, j) - u[current] - v[j];
          if (reduced < least[j]) {
            least[j] = reduced;
            way[j] = column;
          }
          if (least[j] < delta) {
            delta = least[j];
            next = j;
          }
        }
      }
      for (int j = 0; j <= n; j++) {
        if (used[j]) {
          u[rowAt[j]] += delta;
          v[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      column = next;
    } while (rowAt[column] != 0);
    while (column != 0) {
      int previous = way[column];
      rowAt[column] = rowAt[previous];
      column = previous;
    }
  }

  /** Of the square matrix filled up with zeros. */
  private static double cost(double[][] gain, int row, int column) {
    return row <= gain.length && column <= gain[0].length ? -gain[row - 1][column - 1] : 0;
  }
}
