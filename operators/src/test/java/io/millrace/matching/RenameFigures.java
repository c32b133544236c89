package io.millrace.matching;

import io.millrace.matching.RenameScenarios.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Precision, recall and mean reciprocal rank of suggestions.
 *
 * <p>Precision of what is suggested, and of what is applied at a threshold, is the share of it that
 * is right; recall the share of the renames that are suggested; the rank of a rename is the place
 * of the right new field among all that appeared, by confidence.
 */
final class RenameFigures {
  private final double threshold;
  private int renames;
  private int suggested;
  private int suggestedRight;
  private int applied;
  private int appliedRight;
  private double reciprocalRanks;
  private final Map<String, int[]> kinds = new TreeMap<>();
  private final List<String> mistakes = new ArrayList<>();

  RenameFigures(double threshold) {
    this.threshold = threshold;
  }

  void take(Scenario scenario, RenameMatcher matcher, PairScore[][] scores) {
    Map<String, RenameSuggestion> suggestions = new HashMap<>();
    for (RenameSuggestion suggestion :
        matcher.suggest(scenario.vanished(), scenario.appeared(), scores)) {
      suggestions.put(suggestion.from(), suggestion);
      boolean right = suggestion.to().equals(scenario.truth().get(suggestion.from()));
      suggested++;
      suggestedRight += right ? 1 : 0;
      if (suggestion.confidence() >= threshold) {
        applied++;
        appliedRight += right ? 1 : 0;
        if (!right) {
          mistakes.add("wrong in " + scenario.table() + ": " + suggestion);
        }
      }
    }
    double[][] confidences = matcher.confidences(scores);
    for (int i = 0; i < scenario.vanished().size(); i++) {
      String from = scenario.vanished().get(i).name();
      String to = scenario.truth().get(from);
      if (to != null) {
        renames++;
        boolean found = suggestions.containsKey(from) && suggestions.get(from).to().equals(to);
        int[] counts = kinds.computeIfAbsent(scenario.kinds().get(from), key -> new int[2]);
        counts[0]++;
        counts[1] += found ? 1 : 0;
        reciprocalRanks += 1.0 / rank(scenario, confidences[i], to);
      }
    }
  }

  private static int rank(Scenario scenario, double[] confidences, String to) {
    int right = 0;
    while (!scenario.appeared().get(right).name().equals(to)) {
      right++;
    }
    int rank = 1;
    for (double confidence : confidences) {
      rank += confidence > confidences[right] ? 1 : 0;
    }
    return rank;
  }

  void add(RenameFigures other) {
    renames += other.renames;
    suggested += other.suggested;
    suggestedRight += other.suggestedRight;
    applied += other.applied;
    appliedRight += other.appliedRight;
    reciprocalRanks += other.reciprocalRanks;
    mistakes.addAll(other.mistakes);
    other.kinds.forEach(
        (kind, counts) -> {
          int[] sum = kinds.computeIfAbsent(kind, key -> new int[2]);
          sum[0] += counts[0];
          sum[1] += counts[1];
        });
  }

  double precisionOfApplied() {
    return applied == 0 ? 1 : (double) appliedRight / applied;
  }

  double recall() {
    return (double) suggestedRight / renames;
  }

  /** Wrong renames that were applied. */
  List<String> mistakes() {
    return mistakes;
  }

  /** Recall by the way in which names were changed. */
  String byKind() {
    StringBuilder text = new StringBuilder();
    kinds.forEach(
        (kind, counts) ->
            text.append(
                "  %-6s recall %.3f of %d%n"
                    .formatted(kind, (double) counts[1] / counts[0], counts[0])));
    return text.toString();
  }

  @Override
  public String toString() {
    return "renames %4d: recall %.3f, precision %.3f; applied at %.2f: %.3f, precision %.3f; MRR %.3f"
        .formatted(
            renames,
            recall(),
            (double) suggestedRight / Math.max(1, suggested),
            threshold,
            (double) appliedRight / renames,
            precisionOfApplied(),
            reciprocalRanks / renames);
  }
}
