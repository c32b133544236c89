package io.millrace.pipeline;

import java.util.Locale;

/** How the values of a field in two rows are held against each other. */
public enum FieldComparator {
  /** Equal or not: categories, flags. */
  EXACT,
  /** Names and other short texts with misspellings. */
  JARO_WINKLER,
  /** Names as they are heard. */
  PHONETIC,
  /** Identifiers, postal codes, phone numbers: letters and digits with typing errors. */
  CODE,
  /** Days, also mistyped ones. */
  DATE,
  /** Amounts and measures. */
  NUMBER,
  /** Addresses, titles, company names: words in any order, abbreviated or misspelt. */
  WORDS;

  /** The name used in pipeline files, for example {@code jaro_winkler}. */
  public String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }
}
