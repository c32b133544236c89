package io.millrace.pipeline;

import java.util.Locale;

/** How the values of a field in two rows are held against each other. */
public enum FieldComparator {
  /** Equal or not, letter case and spaces aside. */
  EXACT,
  /** Names and short texts with typing errors. */
  JARO_WINKLER,
  /** Days; close where digits are mistyped or day and month swapped. */
  DATE,
  /** Numbers; close where they differ by little. */
  NUMBER,
  /** Addresses and other texts of several words, in any order and with abbreviations. */
  ADDRESS,
  /** Names that sound the same. */
  PHONETIC;

  /** The name used in pipeline files, for example {@code jaro_winkler}. */
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
