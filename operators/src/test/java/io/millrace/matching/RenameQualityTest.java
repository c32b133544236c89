package io.millrace.matching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.matching.RenameScenarios.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * How good rename detection is, on renamed, dropped and new columns of seventeen public tables.
 *
 * <p>The weights that a table is tried with are fitted to the sixteen others. The vocabulary is no
 * part of that: it was written by hand, and extended after a first round of this test; what is left
 * of the figures without it is printed as well.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RenameQualityTest {
  private static final long SEED = 11;
  private static final int PER_TABLE = 20;
  private static final double THRESHOLD = 0.9;

  private final Map<String, List<Scenario>> byTable = new TreeMap<>();

  @BeforeAll
  void drawScenarios() {
    RenameScenarios scenarios = new RenameScenarios();
    for (String table : scenarios.tableNames()) {
      byTable.put(table, scenarios.of(table, PER_TABLE, SEED));
    }
    System.out.println("seed " + SEED);
  }

  @Test
  void shouldApplyRightRenamesOnlyAndMissFew() {
    Scores scores = new Scores(new LexicalNames(), true);
    RenameFigures all = new RenameFigures(THRESHOLD);
    for (String held : byTable.keySet()) {
      RenameFigures figures = leavingOut(held, scores);
      System.out.printf("%-14s %s%n", held, figures);
      all.add(figures);
    }
    System.out.printf("%-14s %s%n%s", "all", all, all.byKind());
    all.mistakes().forEach(System.out::println);
    assertThat(all.precisionOfApplied()).isGreaterThanOrEqualTo(0.98);
    assertThat(all.recall()).isGreaterThanOrEqualTo(0.8);
  }

  @Test
  void shouldNotApplyWrongRenamesWhenItKnowsLess() {
    RenameFigures noValues = leavingOutEach(new Scores(new LexicalNames(), false));
    RenameFigures noVocabulary = leavingOutEach(new Scores(new SpellingOnly(), true));
    System.out.printf("%-14s %s%n", "no values", noValues);
    System.out.printf("%-14s %s%n", "no vocabulary", noVocabulary);
    assertThat(noValues.precisionOfApplied()).isGreaterThanOrEqualTo(0.98);
    assertThat(noVocabulary.precisionOfApplied()).isGreaterThanOrEqualTo(0.98);
  }

  @Test
  void shouldShipTheWeightsFittedToAllTables() {
    Scores scores = new Scores(new LexicalNames(), true);
    double[] weights = fit(byTable.values().stream().flatMap(List::stream).toList(), scores);
    RenameModel fitted = RenameModel.of(weights);
    System.out.println(fitted);
    RenameModel shipped = RenameModel.FITTED;
    assertThat(shipped.bias()).isCloseTo(fitted.bias(), within(0.05));
    assertThat(shipped.name()).isCloseTo(fitted.name(), within(0.05));
    assertThat(shipped.type()).isCloseTo(fitted.type(), within(0.05));
    assertThat(shipped.value()).isCloseTo(fitted.value(), within(0.05));
    assertThat(shipped.nameAndValue()).isCloseTo(fitted.nameAndValue(), within(0.05));
    assertThat(shipped.nulls()).isCloseTo(fitted.nulls(), within(0.05));
  }

  private RenameFigures leavingOutEach(Scores scores) {
    RenameFigures all = new RenameFigures(THRESHOLD);
    byTable.keySet().forEach(held -> all.add(leavingOut(held, scores)));
    return all;
  }

  private RenameFigures leavingOut(String held, Scores scores) {
    List<Scenario> others = new ArrayList<>();
    byTable.forEach((table, list) -> others.addAll(table.equals(held) ? List.of() : list));
    RenameMatcher matcher =
        new RenameMatcher(new LexicalNames(), RenameModel.of(fit(others, scores)));
    RenameFigures figures = new RenameFigures(THRESHOLD);
    for (Scenario scenario : byTable.get(held)) {
      figures.take(scenario, matcher, scores.of(scenario));
    }
    return figures;
  }

  private static double[] fit(List<Scenario> scenarios, Scores scores) {
    List<double[]> features = new ArrayList<>();
    List<Boolean> same = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      PairScore[][] pairs = scores.of(scenario);
      for (int i = 0; i < pairs.length; i++) {
        String successor = scenario.truth().get(scenario.vanished().get(i).name());
        for (int j = 0; j < pairs[i].length; j++) {
          features.add(RenameModel.features(pairs[i][j]));
          same.add(scenario.appeared().get(j).name().equals(successor));
        }
      }
    }
    return LogisticFit.weights(features, same);
  }

  /** Scores of the pairs of scenarios, worked out once. */
  private static final class Scores {
    private final Map<Scenario, PairScore[][]> known = new IdentityHashMap<>();
    private final Map<String, NameSimilarity.Score> names = new HashMap<>();
    private final RenameMatcher matcher;
    private final boolean withValues;

    Scores(NameSimilarity similarity, boolean withValues) {
      this.withValues = withValues;
      this.matcher =
          new RenameMatcher(
              (a, b) -> names.computeIfAbsent(a + "\n" + b, key -> similarity.score(a, b)));
    }

    PairScore[][] of(Scenario scenario) {
      return known.computeIfAbsent(
          scenario,
          it ->
              withValues
                  ? matcher.scores(it.vanished(), it.appeared())
                  : matcher.scores(
                      RenameScenarios.withoutValues(it.vanished()),
                      RenameScenarios.withoutValues(it.appeared())));
    }
  }

  /** Knows no words: only how names are spelt. */
  private static final class SpellingOnly implements NameSimilarity {
    private static final long serialVersionUID = 1L;

    @Override
    public Score score(String a, String b) {
      String left = String.join("", io.millrace.inference.NameTokens.of(a));
      String right = String.join("", io.millrace.inference.NameTokens.of(b));
      double letters = Similar.jaroWinkler(left, right);
      return new Score(Math.max(0, 2 * letters - 1), "", false);
    }
  }
}
