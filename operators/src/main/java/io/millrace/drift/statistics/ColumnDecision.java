package io.millrace.drift.statistics;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * Whether a column drifted in a window.
 *
 * @param verdicts one for each measure of the column, in their order
 * @param reason what decided, for a reader
 */
public record ColumnDecision(Outcome outcome, List<Verdict> verdicts, String reason) {
  /** What a column did. */
  public enum Outcome {
    STABLE,
    DRIFT,
    /** Too few rows to say. */
    INSUFFICIENT_DATA
  }

  /**
   * A measure and its judgement: it drifted when the adjusted p-value is at most alpha and the
   * effect at least the threshold.
   *
   * @param adjustedPValue among all tests of the window, see {@link MultipleTesting}
   */
  public record Verdict(
      Measure measure, double adjustedPValue, double threshold, boolean drifted) {}

  public ColumnDecision {
    verdicts = List.copyOf(verdicts);
  }

  /**
   * Judges the columns of one window together. A column drifted when one of its measures is both
   * certain and large: significant among all tests of the window, with an effect that matters.
   *
   * @param alpha share of false discoveries, such as 0.01
   * @param minRows a reference or a window of fewer rows is not judged
   * @return in the order of the columns
   */
  public static List<ColumnDecision> decide(
      List<ColumnDrift> columns, EffectThresholds thresholds, double alpha, long minRows) {
    List<Double> pValues = new ArrayList<>();
    for (ColumnDrift column : columns) {
      boolean judged = isJudged(column, minRows);
      for (Measure measure : column.measures()) {
        pValues.add(judged ? measure.pValue() : Double.NaN);
      }
    }
    double[] adjusted =
        MultipleTesting.benjaminiHochberg(
            pValues.stream().mapToDouble(Double::doubleValue).toArray());
    List<ColumnDecision> decisions = new ArrayList<>();
    int test = 0;
    for (ColumnDrift column : columns) {
      List<Verdict> verdicts = new ArrayList<>();
      for (Measure measure : column.measures()) {
        double threshold = thresholds.of(measure.statistic());
        boolean drifted = adjusted[test] <= alpha && measure.effect() >= threshold;
        verdicts.add(new Verdict(measure, adjusted[test++], threshold, drifted));
      }
      decisions.add(of(column, verdicts, alpha, minRows));
    }
    return decisions;
  }

  private static boolean isJudged(ColumnDrift column, long minRows) {
    return column.currentRows() >= Math.max(1, minRows)
        && column.referenceRows() >= Math.max(1, minRows)
        && !column.measures().isEmpty();
  }

  private static ColumnDecision of(
      ColumnDrift column, List<Verdict> verdicts, double alpha, long minRows) {
    if (!isJudged(column, minRows)) {
      String reason =
          column.referenceRows() < Math.max(1, minRows)
              ? "the reference has " + column.referenceRows() + " rows, " + minRows + " are needed"
              : column.currentRows() + " rows, " + minRows + " are needed";
      return new ColumnDecision(Outcome.INSUFFICIENT_DATA, verdicts, reason);
    }
    List<Verdict> drifted = verdicts.stream().filter(Verdict::drifted).toList();
    if (drifted.isEmpty()) {
      return new ColumnDecision(Outcome.STABLE, verdicts, "");
    }
    StringBuilder reason = new StringBuilder();
    for (Verdict verdict : drifted) {
      reason
          .append(reason.isEmpty() ? "" : "; ")
          .append(verdict.measure().statistic().fileName())
          .append(String.format(Locale.ROOT, " %.3g", verdict.measure().value()))
          .append(
              String.format(
                  Locale.ROOT,
                  " (effect %.3g, threshold %.3g, p %.1e)",
                  verdict.measure().effect(),
                  verdict.threshold(),
                  verdict.adjustedPValue()));
    }
    return new ColumnDecision(Outcome.DRIFT, verdicts, reason.toString());
  }

  /** The strongest effect in units of its threshold: 1 and more where it matters. */
  public double strength() {
    return verdicts.stream()
        .filter(verdict -> !Double.isNaN(verdict.measure().effect()))
        .mapToDouble(verdict -> verdict.measure().effect() / verdict.threshold())
        .max()
        .orElse(0);
  }

  /** The statistics of the measures that drifted. */
  public EnumSet<Statistic> drifted() {
    EnumSet<Statistic> statistics = EnumSet.noneOf(Statistic.class);
    verdicts.stream()
        .filter(Verdict::drifted)
        .forEach(verdict -> statistics.add(verdict.measure().statistic()));
    return statistics;
  }
}
