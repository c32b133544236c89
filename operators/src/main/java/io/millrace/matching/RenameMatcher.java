package io.millrace.matching;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds which of the fields that appeared are fields that vanished, under another name.
 *
 * <p>Every pair is scored by its names, types and values; {@link RenameModel} makes odds {@code o}
 * of the scores. A field has at most one successor, and may have none: the confidence of a pair is
 * {@code o / (1 + sum of the odds of all pairs with one of the two)}, so that two candidates that
 * look alike share what one alone would get. The assignment with the greatest sum of confidences is
 * suggested, one to one.
 *
 * <p>Cost O(vanished x appeared) comparisons of some 20 microseconds each; no more than {@value
 * #MAX_FIELDS} fields a side are looked at, the first ones.
 */
public final class RenameMatcher {
  /** Pairs of less confidence are not suggested. */
  public static final double LEAST_CONFIDENCE = 0.3;

  private static final int MAX_FIELDS = 64;
  private static final double MOST_OF_OTHER_TYPE = 0.3;
  private static final double MOST_IF_EXCLUDED = 0.5;
  private static final double MOST_BY_VALUES_ALONE = 0.85;
  private static final double NAMES_SPEAK_FROM = 0.25;

  private final NameSimilarity names;
  private final RenameModel model;

  public RenameMatcher() {
    this(new LexicalNames());
  }

  /** A matcher that compares names in another way. */
  public RenameMatcher(NameSimilarity names) {
    this(names, RenameModel.FITTED);
  }

  RenameMatcher(NameSimilarity names, RenameModel model) {
    this.names = names;
    this.model = model;
  }

  /**
   * The most probable renames, at most one per field, the most confident first.
   *
   * @param vanished fields of the contract that no longer come
   * @param appeared fields that the contract does not know
   */
  public List<RenameSuggestion> suggest(
      List<FieldCandidate> vanished, List<FieldCandidate> appeared) {
    List<FieldCandidate> from = vanished.subList(0, Math.min(MAX_FIELDS, vanished.size()));
    List<FieldCandidate> to = appeared.subList(0, Math.min(MAX_FIELDS, appeared.size()));
    return suggest(from, to, scores(from, to));
  }

  List<RenameSuggestion> suggest(
      List<FieldCandidate> from, List<FieldCandidate> to, PairScore[][] scores) {
    double[][] confidences = confidences(scores);
    int[] successor = Assignment.best(confidences);
    List<RenameSuggestion> suggestions = new ArrayList<>();
    for (int i = 0; i < successor.length; i++) {
      int j = successor[i];
      if (j >= 0 && confidences[i][j] >= LEAST_CONFIDENCE) {
        suggestions.add(
            new RenameSuggestion(
                from.get(i).name(), to.get(j).name(), confidences[i][j], scores[i][j].reasons()));
      }
    }
    suggestions.sort(Comparator.comparingDouble(RenameSuggestion::confidence).reversed());
    return suggestions;
  }

  /** Scores of all pairs: row i is the i-th vanished field. */
  PairScore[][] scores(List<FieldCandidate> from, List<FieldCandidate> to) {
    PairScore[][] scores = new PairScore[from.size()][to.size()];
    for (int i = 0; i < from.size(); i++) {
      for (int j = 0; j < to.size(); j++) {
        scores[i][j] = PairScore.of(from.get(i), to.get(j), names);
      }
    }
    return scores;
  }

  /**
   * The confidence that a pair can have at most: values alone, however alike, are no proof, since
   * many fields have the same; names that exclude each other are half a disproof; and types that
   * cannot be converted are nearly one.
   */
  private static double most(PairScore pair) {
    if (pair.type() == 0) {
      return MOST_OF_OTHER_TYPE;
    }
    if (pair.excluded()) {
      return MOST_IF_EXCLUDED;
    }
    return pair.name() < NAMES_SPEAK_FROM ? MOST_BY_VALUES_ALONE : 1;
  }

  /** Confidences of all pairs. */
  double[][] confidences(PairScore[][] scores) {
    int rows = scores.length;
    int columns = rows == 0 ? 0 : scores[0].length;
    double[][] odds = new double[rows][columns];
    double[] rowSums = new double[rows];
    double[] columnSums = new double[columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        odds[i][j] = Math.exp(model.logOdds(scores[i][j]));
        rowSums[i] += odds[i][j];
        columnSums[j] += odds[i][j];
      }
    }
    double[][] confidences = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double confidence = odds[i][j] / (1 + rowSums[i] + columnSums[j] - odds[i][j]);
        confidences[i][j] = Math.min(confidence, most(scores[i][j]));
      }
    }
    return confidences;
  }
}
