package io.millrace.duplicates.linkage;

import io.millrace.pipeline.BlockingRule;
import org.apache.commons.codec.language.DoubleMetaphone;
import org.apache.commons.codec.language.Soundex;

/** What blocking rules take of values in plain form. */
final class KeyForms {
  private KeyForms() {}

  /** Empty when there is nothing to take. */
  static String take(String value, BlockingRule.Part part) {
    return switch (part.form()) {
      case EXACT -> value;
      case PREFIX -> prefix(value.replace(" ", ""), part.length());
      case SOUNDEX -> Soundex.US_ENGLISH.encode(latin(value));
      case METAPHONE -> metaphone(value);
      case LONGEST_WORD -> longestWord(value);
      case DIGITS -> value.replaceAll("\\D", "");
      case YEAR -> Days.isWhole(value) ? value.substring(0, 4) : "";
      case MONTH_AND_DAY -> Days.monthAndDay(value);
    };
  }

  private static String prefix(String value, int length) {
    int letters = Math.min(length, value.codePointCount(0, value.length()));
    return value.substring(0, value.offsetByCodePoints(0, letters));
  }

  private static String metaphone(String value) {
    String sound = new DoubleMetaphone().doubleMetaphone(value.replace(" ", ""));
    return sound == null ? "" : sound;
  }

  /** Soundex knows these letters only, and fails at others. */
  private static String latin(String value) {
    StringBuilder letters = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char letter = value.charAt(i);
      if (letter >= 'a' && letter <= 'z') {
        letters.append(letter);
      }
    }
    return letters.toString();
  }

  /** The first in the alphabet of equally long ones. */
  private static String longestWord(String value) {
    String longest = "";
    for (String word : value.split(" ")) {
      if (word.length() > longest.length()
          || word.length() == longest.length() && word.compareTo(longest) < 0) {
        longest = word;
      }
    }
    return longest;
  }
}
