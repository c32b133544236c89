package io.millrace.records;

/**
 * A column that drifted and the statistic that shows it most clearly.
 *
 * @param statistic for example {@code psi}
 * @param threshold effect from which on it is drift
 * @param adjustedP after Benjamini-Hochberg over the window
 */
public record DriftedColumn(
    String column, String statistic, double value, double threshold, double adjustedP) {

  /** The effect in thresholds: columns are ranked by it. */
  public double strength() {
    return threshold > 0 ? value / threshold : value;
  }
}
