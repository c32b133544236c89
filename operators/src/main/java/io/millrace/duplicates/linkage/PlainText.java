package io.millrace.duplicates.linkage;

import java.text.Normalizer;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Values without what says nothing: letters small and without their marks, everything else than
 * letters and digits a blank, blanks single. Numbers keep sign and point. In addresses, usual
 * abbreviations are written in one way.
 */
final class PlainText {
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern OTHERS = Pattern.compile("[^\\p{L}\\p{N}]+");

  private PlainText() {}

  /** Null for a value in which nothing is left. */
  static String of(String value, Comparison comparison) {
    if (comparison == Comparison.NUMBER) {
      String number = value.strip();
      return number.isEmpty() ? null : number;
    }
    if (comparison == Comparison.DATE) {
      return Days.plain(value);
    }
    String plain = letters(value);
    if (comparison == Comparison.CODE) {
      plain = plain.replace(" ", "");
    } else if (comparison == Comparison.WORDS) {
      plain = abbreviated(plain);
    }
    return plain.isEmpty() ? null : plain;
  }

  private static String letters(String value) {
    String apart = Normalizer.normalize(value, Normalizer.Form.NFKD);
    String bare = MARKS.matcher(apart).replaceAll("").toLowerCase(Locale.ROOT).replace("ß", "ss");
    // An apostrophe within a word does not divide it: o'brien.
    bare = bare.replace("'", "").replace("’", "");
    return OTHERS.matcher(bare).replaceAll(" ").strip();
  }

  private static String abbreviated(String plain) {
    if (plain.indexOf(' ') < 0) {
      return plain;
    }
    StringJoiner words = new StringJoiner(" ");
    for (String word : plain.split(" ")) {
      words.add(AddressWords.brief(word));
    }
    return words.toString();
  }
}
