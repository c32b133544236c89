package io.millrace.duplicates.linkage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.matching.Similar;
import io.millrace.pipeline.BlockingRule;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelsTest {
  private static int level(Comparison comparison, String a, String b) {
    String left = PlainText.of(a, comparison);
    String right = PlainText.of(b, comparison);
    int level = Levels.of(comparison, left, right);
    assertThat(Levels.of(comparison, right, left)).as("the other way round").isEqualTo(level);
    return level;
  }

  /** Winkler, "Overview of record linkage and current research directions", 2006, table 6. */
  @ParameterizedTest
  @CsvSource({
    "MARTHA, MARHTA, 0.961",
    "DWAYNE, DUANE, 0.840",
    "DIXON, DICKSONX, 0.813",
    "SHACKLEFORD, SHACKELFORD, 0.982",
    "NICHLESON, NICHULSON, 0.956",
    "JONES, JOHNSON, 0.832",
    "ITMAN, SMITH, 0.467"
  })
  void shouldComputeThePublishedSimilarities(String a, String b, double similarity) {
    assertThat(Similar.jaroWinkler(a, b)).isCloseTo(similarity, within(0.0005));
  }

  /** United States National Archives, "The Soundex Indexing System". */
  @ParameterizedTest
  @CsvSource({
    "Washington, W252",
    "Lee, L000",
    "Gutierrez, G362",
    "Pfister, P236",
    "Jackson, J250",
    "Tymczak, T522",
    "Ashcraft, A261"
  })
  void shouldTakeThePublishedSoundexCodes(String name, String code) {
    BlockingRule.Part part = new BlockingRule.Part("name", BlockingRule.Form.SOUNDEX, 0);
    assertThat(KeyForms.take(PlainText.of(name, Comparison.JARO_WINKLER), part)).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "EXACT, Nova Scotia, 'nova  scotia', 0",
    "EXACT, NS, NB, 1",
    "JARO_WINKLER, Müller, MULLER, 0",
    "JARO_WINKLER, O'Brien, obrien, 0",
    "JARO_WINKLER, michelle, michele, 1",
    "JARO_WINKLER, dwayne, duane, 2",
    "JARO_WINKLER, anna, robert, 3",
    "PHONETIC, catherine, kathryn, 1",
    "PHONETIC, smith, schmidt, 1",
    "PHONETIC, anna, robert, 3",
    "CODE, 030-1234567, 030 1234567, 0",
    "CODE, 5348208, 5342808, 1",
    "CODE, 5348208, 534820, 1",
    "CODE, 5348208, 5341209, 2",
    "CODE, 12, 21, 3",
    "DATE, 2013-02-28, 20130228, 0",
    "DATE, 2013-02-28, 28.2.2013, 0",
    "DATE, 2013-02-28T10:15:00Z, 2/28/2013, 0",
    "DATE, 2013-02-01, 2013-01-02, 1",
    "DATE, 2013-02-28, 2013-03-28, 1",
    "DATE, 2013-02-28, 2013-03-15, 2",
    "DATE, 2013-02-28, 1977-11-05, 3",
    "NUMBER, 100, 100.0, 0",
    "NUMBER, 1000, 1009, 1",
    "NUMBER, -100, -95, 2",
    "NUMBER, 100, 200, 3",
    "NUMBER, 100, many, 3",
    "WORDS, 12 Main Street, 12 main st., 0",
    "WORDS, Pridham Street, pridhamstreet, 2",
    "WORDS, AIRBUS INDUSTRIE, INDUSTRIE AIRBUS, 1",
    "WORDS, 12 Ocean Drive, 14 Ocean Drive, 2",
    "WORDS, 12 Ocean Drive, Rose Cottage, 3"
  })
  void shouldTellHowFarValuesAgree(Comparison comparison, String a, String b, int level) {
    assertThat(level(comparison, a, b)).isEqualTo(level);
  }

  @Test
  void shouldTakeABlankOrPunctuationForUnknown() {
    for (Comparison comparison : Comparison.values()) {
      assertThat(PlainText.of(" \t", comparison)).as(comparison.name()).isNull();
    }
    assertThat(PlainText.of("--", Comparison.JARO_WINKLER)).isNull();
    assertThat(PlainText.of("unknown", Comparison.DATE)).isNull();
  }

  @Test
  void shouldSortCosinesIntoLevels() {
    assertThat(Levels.ofCosine(1)).isZero();
    assertThat(Levels.ofCosine(0.97)).isZero();
    assertThat(Levels.ofCosine(0.969)).isEqualTo(1);
    assertThat(Levels.ofCosine(0.75)).isEqualTo(3);
    assertThat(Levels.ofCosine(-1)).isEqualTo(4);
    assertThat(Levels.ofCosine(Double.NaN)).isEqualTo(Comparison.MISSING);
  }

  @Test
  void shouldCountEditsAsTheWholeTableDoes() {
    long seed = 11;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      String a = text(random);
      String b = text(random);
      int most = random.nextInt(4);
      assertThat(Edits.between(a, b, most))
          .as("seed %d: %s and %s, at most %d", seed, a, b, most)
          .isEqualTo(Math.min(most + 1, wholeTable(a, b)));
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(7); length > 0; length--) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }

  /** Optimal string alignment without any short cut. */
  private static int wholeTable(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        edits[i][j] =
            Math.min(edits[i - 1][j - 1] + same, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
