package io.millrace.duplicates.linkage;

import io.millrace.pipeline.FieldComparator;
import java.util.List;

/**
 * How two values of one field are compared. Every comparison knows a few levels of agreement, the
 * best one first and the last one meaning that the values differ; a value that is missing on either
 * side has no level and says nothing.
 *
 * <p>Each level begins with a guess of how often it is seen between records of the same thing and
 * between others; {@link MatchEstimator} replaces the guesses by what the data shows.
 */
public enum Comparison {
  /** Equal or not: categories, flags. */
  EXACT(
      List.of("equal", "different"), //
      new double[] {0.92, 0.08},
      new double[] {0.05, 0.95}),

  /** Names and other short texts with misspellings: Jaro-Winkler similarity. */
  JARO_WINKLER(
      List.of("equal", "nearly equal", "similar", "different"),
      new double[] {0.80, 0.10, 0.04, 0.06},
      new double[] {0.01, 0.01, 0.05, 0.93}),

  /** Names as they are heard: Double Metaphone, then Jaro-Winkler similarity. */
  PHONETIC(
      List.of("equal", "sounds the same", "similar", "different"),
      new double[] {0.80, 0.10, 0.04, 0.06},
      new double[] {0.01, 0.01, 0.05, 0.93}),

  /** Identifiers, postal codes, phone numbers: letters and digits, edited. */
  CODE(
      List.of("equal", "one edit", "two edits", "different"),
      new double[] {0.86, 0.07, 0.03, 0.04},
      new double[] {0.005, 0.005, 0.02, 0.97}),

  /** Days: {@code 2013-02-28}, {@code 20130228}, {@code 28.2.2013}, with slips of the pen. */
  DATE(
      List.of("equal", "one slip", "near", "different"),
      new double[] {0.86, 0.07, 0.03, 0.04},
      new double[] {0.005, 0.005, 0.02, 0.97}),

  /** Amounts and measures: equal, within 1%, within 10%. */
  NUMBER(
      List.of("equal", "within 1%", "within 10%", "different"),
      new double[] {0.84, 0.07, 0.04, 0.05},
      new double[] {0.02, 0.02, 0.06, 0.90}),

  /** Addresses, titles, company names: words in any order, abbreviated, run together, misspelt. */
  WORDS(
      List.of("equal", "nearly equal", "similar", "different"),
      new double[] {0.74, 0.14, 0.06, 0.06},
      new double[] {0.005, 0.005, 0.03, 0.96}),

  /** Cosine of the vectors of the two rows: not a field, told beside the records. */
  VECTOR(
      List.of("0.97 or more", "0.92 or more", "0.85 or more", "0.75 or more", "less"),
      new double[] {0.60, 0.20, 0.10, 0.06, 0.04},
      new double[] {0.0005, 0.002, 0.0075, 0.04, 0.95});

  /** The level of a value that is missing on either side. */
  public static final int MISSING = -1;

  private final List<String> levels;
  private final double[] usualForMatches;
  private final double[] usualForOthers;

  Comparison(List<String> levels, double[] usualForMatches, double[] usualForOthers) {
    this.levels = levels;
    this.usualForMatches = usualForMatches;
    this.usualForOthers = usualForOthers;
  }

  /** What the levels are called in reasons, the best agreement first. */
  public List<String> levels() {
    return levels;
  }

  /** Guessed share of the level among pairs of records of the same thing. */
  double usualForMatches(int level) {
    return usualForMatches[level];
  }

  /** Guessed share of the level among pairs of records of different things. */
  double usualForOthers(int level) {
    return usualForOthers[level];
  }

  /** The comparison that the pipeline file names. */
  static Comparison of(FieldComparator comparator) {
    return switch (comparator) {
      case EXACT -> EXACT;
      case JARO_WINKLER -> JARO_WINKLER;
      case PHONETIC -> PHONETIC;
      case CODE -> CODE;
      case DATE -> DATE;
      case NUMBER -> NUMBER;
      case WORDS -> WORDS;
    };
  }
}
