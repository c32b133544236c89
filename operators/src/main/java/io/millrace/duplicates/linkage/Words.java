package io.millrace.duplicates.linkage;

import io.millrace.matching.Similar;
import java.util.Arrays;

/** Texts of several words, in any order, misspelt or run together. */
final class Words {
  /** Below this likeness of letters two words have nothing to do with each other. */
  private static final double SAME_WORD = 0.85;

  /** More words are not looked at: the cost grows with their square. */
  private static final int MOST_WORDS = 32;

  private Words() {}

  /**
   * The share of letters that both have in common: words are paired one to one, the most alike
   * first, a pair counts its likeness, a word alone nothing (a soft Jaccard coefficient, weighed by
   * the words' lengths). At least the likeness of both written in one word. From 0 to 1, symmetric.
   */
  static double likeness(String a, String b) {
    String[] left = a.split(" ", MOST_WORDS + 1);
    String[] right = b.split(" ", MOST_WORDS + 1);
    return Math.max(paired(left, right), joined(a, b));
  }

  private static double paired(String[] left, String[] right) {
    int rows = Math.min(left.length, MOST_WORDS);
    int columns = Math.min(right.length, MOST_WORDS);
    double[][] alike = new double[rows][columns];
    double all = 0;
    for (int i = 0; i < rows; i++) {
      all += left[i].length();
      for (int j = 0; j < columns; j++) {
        alike[i][j] = word(left[i], right[j]);
      }
    }
    for (int j = 0; j < columns; j++) {
      all += right[j].length();
    }
    double common = 0;
    while (true) {
      int bestI = -1;
      int bestJ = -1;
      double best = 0;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          double gain = alike[i][j] * (left[i].length() + right[j].length());
          if (gain > best) {
            best = gain;
            bestI = i;
            bestJ = j;
          }
        }
      }
      if (bestI < 0) {
        return all == 0 ? 0 : common / all;
      }
      common += best;
      Arrays.fill(alike[bestI], 0);
      for (int i = 0; i < rows; i++) {
        alike[i][bestJ] = 0;
      }
    }
  }

  private static double word(String a, String b) {
    if (a.equals(b)) {
      return 1;
    }
    // Numbers that differ are other numbers.
    if (Character.isDigit(a.charAt(0)) || Character.isDigit(b.charAt(0))) {
      return 0;
    }
    double likeness = Similar.jaroWinkler(a, b);
    return likeness >= SAME_WORD ? likeness : 0;
  }

  private static String digits(String text) {
    return text.replaceAll("\\D", "");
  }

  /** Of texts whose blanks were lost or got into words: edits of the letters without blanks. */
  private static double joined(String a, String b) {
    String left = a.replace(" ", "");
    String right = b.replace(" ", "");
    if (!digits(left).equals(digits(right))) {
      return 0;
    }
    int longest = Math.max(left.length(), right.length());
    int most = longest / 4;
    int edits = Edits.between(left, right, most);
    return edits > most ? 0 : 1 - (double) edits / longest;
  }
}
