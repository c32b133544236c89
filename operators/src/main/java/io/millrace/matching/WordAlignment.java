package io.millrace.matching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Words of two names, one to one, the most alike first. */
final class WordAlignment {
  private static final double LESS_WEIGHT = 0.4;

  private final List<String> left;
  private final List<String> right;
  private final int[] partner;
  private final Set<Integer> taken = new HashSet<>();
  private final List<String> pairs = new ArrayList<>();
  private double matched;

  WordAlignment(List<String> left, List<String> right) {
    this.left = left;
    this.right = right;
    this.partner = new int[left.size()];
    Arrays.fill(partner, -1);
    align();
  }

  private void align() {
    double[][] similar = new double[left.size()][right.size()];
    for (int i = 0; i < left.size(); i++) {
      for (int j = 0; j < right.size(); j++) {
        similar[i][j] = LexicalNames.similarity(left.get(i), right.get(j));
      }
    }
    while (true) {
      int bestI = -1;
      int bestJ = -1;
      for (int i = 0; i < left.size(); i++) {
        for (int j = 0; j < right.size() && partner[i] < 0; j++) {
          if (!taken.contains(j) && similar[i][j] > (bestI < 0 ? 0 : similar[bestI][bestJ])) {
            bestI = i;
            bestJ = j;
          }
        }
      }
      if (bestI < 0) {
        return;
      }
      pair(bestI, bestJ, similar[bestI][bestJ]);
    }
  }

  private void pair(int i, int j, double similarity) {
    partner[i] = j;
    taken.add(j);
    String a = left.get(i);
    String b = right.get(j);
    matched += similarity * (weight(a) + weight(b));
    pairs.add(a.equals(b) ? "\"" + a + "\" in both" : a + " = " + b);
  }

  /** Weight of the aligned words times their likeness, of the weight of all words. */
  double score() {
    double all =
        left.stream().mapToDouble(WordAlignment::weight).sum()
            + right.stream().mapToDouble(WordAlignment::weight).sum();
    return matched / all;
  }

  String reason() {
    return String.join(", ", pairs);
  }

  /** Why the names exclude each other; empty when they do not. */
  String excluded() {
    for (int i = 0; i < left.size(); i++) {
      for (int j = 0; j < right.size(); j++) {
        boolean free = partner[i] < 0 && !taken.contains(j);
        if ((free || partner[i] == j) && exclude(left.get(i), right.get(j))) {
          return left.get(i) + " is not " + right.get(j);
        }
      }
    }
    return "";
  }

  private static boolean exclude(String a, String b) {
    if (a.equals(b)) {
      return false;
    }
    if (Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0))) {
      return true;
    }
    Set<String> meaningsOfB = Vocabulary.meanings(b);
    boolean excluded = false;
    for (String meaning : Vocabulary.meanings(a)) {
      if (meaningsOfB.contains(meaning)) {
        return false;
      }
      excluded |= meaningsOfB.stream().anyMatch(other -> Vocabulary.exclude(meaning, other));
    }
    return excluded;
  }

  private static double weight(String word) {
    return Vocabulary.saysLittle(word) ? LESS_WEIGHT : 1;
  }
}
