package io.millrace.records;

/**
 * A column that drifted and the statistic that shows it most clearly.
 *
 * @param statistic for example {@code psi}
 * @param effect of the value, without what chance alone adds
 * @param threshold effect from which on it is drift
 * @param adjustedP after Benjamini-Hochberg over the window
 */
public record DriftedColumn(
    String column,
    String statistic,
    double value,
    double effect,
    double threshold,
    double adjustedP) {

  /** The effect in thresholds: columns are ranked by it. */
  public double strength() {
    return effect / threshold;
  }
}
