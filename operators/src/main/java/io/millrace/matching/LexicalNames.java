package io.millrace.matching;

import io.millrace.inference.NameTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares names by their words: equal, abbreviated, synonymous ({@link Vocabulary}), misspelt, run
 * together or as initials. Words are aligned one to one; words that say little, such as units and
 * {@code id}, weigh less; words that exclude each other ({@code min} and {@code max}, {@code dep}
 * and {@code arr}) or differing numbers speak against.
 *
 * <p>Cost O(words^2 length^2): some microseconds for usual names.
 */
public final class LexicalNames implements NameSimilarity {
  private static final long serialVersionUID = 1L;

  private static final double ABBREVIATED = 0.92;
  private static final double SYNONYM = 0.85;
  private static final double PREFIX = 0.85;
  private static final double SKELETON = 0.7;
  private static final double RUN_TOGETHER = 0.9;
  private static final double INITIALS = 0.75;
  private static final double MISSPELT_FROM = 0.88;
  private static final double LESS_WEIGHT = 0.4;
  private static final double EXCLUDED = 0.3;
  private static final int LONGEST = 128;
  private static final int MOST_WORDS = 12;

  @Override
  public Score score(String a, String b) {
    List<String> left = words(a);
    List<String> right = words(b);
    if (left.isEmpty() || right.isEmpty()) {
      return new Score(a.equals(b) ? 1 : 0, "");
    }
    String joinedLeft = String.join("", left);
    String joinedRight = String.join("", right);
    if (joinedLeft.equals(joinedRight)) {
      return new Score(1, "the same words");
    }
    Alignment aligned = new Alignment(left, right);
    double value = aligned.score();
    String reason = aligned.reason();
    if (aligned.excluded().isEmpty()) {
      double whole = whole(left, right, joinedLeft, joinedRight);
      if (whole > value) {
        value = whole;
        reason = "\"" + a + "\" shortens or respells \"" + b + "\"";
        if (b.length() < a.length()) {
          reason = "\"" + b + "\" shortens or respells \"" + a + "\"";
        }
      }
      return new Score(value, reason);
    }
    return new Score(value * EXCLUDED, aligned.excluded());
  }

  private static List<String> words(String name) {
    List<String> words =
        NameTokens.of(name.length() <= LONGEST ? name : name.substring(0, LONGEST));
    return words.size() <= MOST_WORDS ? words : words.subList(0, MOST_WORDS);
  }

  /** Names compared as a whole: written in one word, by initials, or misspelt. */
  private static double whole(
      List<String> left, List<String> right, String joinedLeft, String joinedRight) {
    double best = 0;
    if (left.size() == 1 && right.size() > 1) {
      best = runTogether(joinedLeft, right);
    } else if (right.size() == 1 && left.size() > 1) {
      best = runTogether(joinedRight, left);
    }
    if (Math.min(joinedLeft.length(), joinedRight.length()) >= 4) {
      double spelling = Similar.jaroWinkler(joinedLeft, joinedRight);
      // Below some 0.88 it says no more than that both are words.
      if (spelling >= MISSPELT_FROM) {
        best = Math.max(best, spelling * spelling * 0.95);
      }
    }
    return best;
  }

  /** Whether one word is the words of the other name, each cut short: depdelay, tailnum, dob. */
  private static double runTogether(String word, List<String> words) {
    StringBuilder initials = new StringBuilder();
    words.forEach(each -> initials.append(each.charAt(0)));
    if (words.size() >= 2 && word.contentEquals(initials)) {
      return words.size() >= 3 ? INITIALS + 0.1 : INITIALS;
    }
    return split(word, 0, words, 0) ? RUN_TOGETHER : 0;
  }

  private static boolean split(String word, int at, List<String> words, int next) {
    if (next == words.size()) {
      return at == word.length();
    }
    String full = words.get(next);
    for (int end = word.length(); end >= at + 2; end--) {
      String piece = word.substring(at, end);
      if ((piece.equals(full) || isShortFor(piece, full)) && split(word, end, words, next + 1)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isShortFor(String piece, String full) {
    return full.startsWith(piece)
        || full.equals(Vocabulary.expanded(piece))
        || piece.equals(Vocabulary.expanded(full))
        || Vocabulary.expanded(piece).equals(Vocabulary.expanded(full));
  }

  /** How alike two words are. */
  static double similarity(String a, String b) {
    if (a.equals(b)) {
      return 1;
    }
    String longA = Vocabulary.expanded(a);
    String longB = Vocabulary.expanded(b);
    if (longA.equals(longB)) {
      return ABBREVIATED;
    }
    if (singular(longA).equals(singular(longB))) {
      return 0.97;
    }
    if (Vocabulary.areSynonyms(longA, longB)
        || Vocabulary.areSynonyms(singular(longA), singular(longB))) {
      return SYNONYM;
    }
    String brief = a.length() <= b.length() ? a : b;
    String word = a.length() <= b.length() ? b : a;
    if (word.startsWith(brief) && brief.length() >= 3) {
      return PREFIX;
    }
    if (Similar.abbreviates(brief, word)
        && brief.length() >= 2
        && brief.length() * 2 <= word.length() + 2) {
      return brief.length() >= 3 ? SKELETON : SKELETON - 0.2;
    }
    double spelling = a.length() >= 4 && b.length() >= 4 ? Similar.jaroWinkler(a, b) : 0;
    return spelling >= MISSPELT_FROM ? spelling * spelling * 0.95 : 0;
  }

  private static String singular(String word) {
    if (word.length() > 4 && word.endsWith("ies")) {
      return word.substring(0, word.length() - 3) + "y";
    }
    return word.length() > 3 && word.endsWith("s") && !word.endsWith("ss")
        ? word.substring(0, word.length() - 1)
        : word;
  }

  /** Words of two names, one to one, the most alike first. */
  private static final class Alignment {
    private final double score;
    private final String reason;
    private final String excluded;

    Alignment(List<String> left, List<String> right) {
      int[] partner = new int[left.size()];
      Arrays.fill(partner, -1);
      Set<Integer> taken = new HashSet<>();
      double[][] similar = new double[left.size()][right.size()];
      for (int i = 0; i < left.size(); i++) {
        for (int j = 0; j < right.size(); j++) {
          similar[i][j] = LexicalNames.similarity(left.get(i), right.get(j));
        }
      }
      double matched = 0;
      List<String> pairs = new ArrayList<>();
      for (int round = 0; round < Math.min(left.size(), right.size()); round++) {
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
          break;
        }
        partner[bestI] = bestJ;
        taken.add(bestJ);
        double weight = weight(left.get(bestI)) + weight(right.get(bestJ));
        matched += similar[bestI][bestJ] * weight;
        pairs.add(
            left.get(bestI).equals(right.get(bestJ))
                ? "\"" + left.get(bestI) + "\" in both"
                : left.get(bestI) + " = " + right.get(bestJ));
      }
      double all =
          left.stream().mapToDouble(Alignment::weight).sum()
              + right.stream().mapToDouble(Alignment::weight).sum();
      score = matched / all;
      reason = String.join(", ", pairs);
      excluded = excluded(left, right, partner, taken);
    }

    double score() {
      return score;
    }

    String reason() {
      return reason;
    }

    /** Why the names exclude each other; empty when they do not. */
    String excluded() {
      return excluded;
    }

    private static String excluded(
        List<String> left, List<String> right, int[] partner, Set<Integer> taken) {
      for (int i = 0; i < left.size(); i++) {
        for (int j = 0; j < right.size(); j++) {
          boolean both = partner[i] == j || partner[i] < 0 && !taken.contains(j);
          String a = Vocabulary.expanded(left.get(i));
          String b = Vocabulary.expanded(right.get(j));
          if (both && !a.equals(b) && (Vocabulary.exclude(a, b) || isOtherNumber(a, b))) {
            return left.get(i) + " is not " + right.get(j);
          }
        }
      }
      return "";
    }

    private static boolean isOtherNumber(String a, String b) {
      return Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0));
    }

    private static double weight(String word) {
      return Vocabulary.saysLittle(Vocabulary.expanded(word)) ? LESS_WEIGHT : 1;
    }
  }
}
