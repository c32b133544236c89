package io.millrace.jobs.cli;

import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Drift results as lines of text. */
final class DriftText {
  private DriftText() {}

  /**
   * A line for each column with the statistic that comes nearest to its threshold, or is past it.
   */
  static String table(List<DriftResult> results) {
    int width =
        Math.max(6, results.stream().mapToInt(result -> result.column().length()).max().orElse(0));
    StringBuilder text = new StringBuilder();
    String line = "%-" + width + "s  %-12s  %12s  %-12s  %9s  %9s  %12s  %9s%n";
    text.append(
        String.format(
            Locale.ROOT,
            line,
            "column",
            "outcome",
            "rows",
            "statistic",
            "value",
            "effect",
            "matters from",
            "p"));
    for (DriftResult result : results) {
      Optional<DriftResult.Statistic> clearest = clearest(result);
      text.append(
          String.format(
              Locale.ROOT,
              line,
              result.column(),
              word(result.outcome()),
              String.format(Locale.ROOT, "%,d", result.profile().rows()),
              clearest.map(DriftResult.Statistic::name).orElse("-"),
              clearest.map(statistic -> number(statistic.value())).orElse("-"),
              clearest.map(statistic -> number(statistic.effect())).orElse("-"),
              clearest.map(statistic -> number(statistic.threshold())).orElse("-"),
              clearest.map(statistic -> pValue(statistic.adjustedP())).orElse("-")));
    }
    return text.toString();
  }

  private static Optional<DriftResult.Statistic> clearest(DriftResult result) {
    return result.statistics().stream()
        .filter(statistic -> statistic.threshold() > 0)
        .max(
            Comparator.<DriftResult.Statistic>comparingInt(statistic -> statistic.drifted() ? 1 : 0)
                .thenComparingDouble(statistic -> statistic.effect() / statistic.threshold()));
  }

  static String verdict(DriftSummary summary) {
    return switch (summary.outcome()) {
      case DRIFT -> "drift    " + summary.reason();
      case STABLE -> "stable   " + summary.reason();
      case INSUFFICIENT_DATA, BASELINE -> "too few rows to say";
    };
  }

  static String word(DriftOutcome outcome) {
    return outcome
        .name()
        .toLowerCase(Locale.ROOT)
        .replace('_', ' ')
        .replace("insufficient data", "too few rows");
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4g", value);
  }

  private static String pValue(double p) {
    if (Double.isNaN(p)) {
      return "-";
    }
    return p == 0 ? "<1e-300" : String.format(Locale.ROOT, p < 1e-4 ? "%.1e" : "%.4f", p);
  }
}
