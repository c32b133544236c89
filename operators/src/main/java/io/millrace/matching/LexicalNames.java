package io.millrace.matching;

import io.millrace.inference.NameTokens;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Compares names by their words: equal, abbreviated, synonymous ({@link Vocabulary}), misspelt, run
 * together or as initials. Words are aligned one to one; words that say little, such as units and
 * {@code id}, weigh less; words that exclude each other ({@code min} and {@code max}, {@code dep}
 * and {@code arr}) or differing numbers speak against.
 *
 * <p>Cost O(words^2 length^2): some ten microseconds for usual names.
 */
public final class LexicalNames implements NameSimilarity {
  private static final long serialVersionUID = 1L;

  private static final double ABBREVIATED = 0.92;
  private static final double SINGULAR = 0.97;
  private static final double SYNONYM = 0.85;
  private static final double PREFIX = 0.85;
  private static final double SKELETON = 0.7;
  private static final double SHORT_SKELETON = 0.5;
  private static final double RUN_TOGETHER = 0.9;
  private static final double LONG_INITIALS = 0.85;
  private static final double INITIALS = 0.75;
  private static final double STEM = 0.75;
  private static final double EXCLUDED = 0.3;
  private static final double MISSPELT_FROM = 0.88;
  private static final int LONGEST = 128;
  private static final int MOST_WORDS = 12;

  @Override
  public Score score(String a, String b) {
    List<String> left = words(a);
    List<String> right = words(b);
    if (left.isEmpty() || right.isEmpty()) {
      return new Score(a.equals(b) ? 1 : 0, "", false);
    }
    String joinedLeft = String.join("", NameTokens.of(a));
    String joinedRight = String.join("", NameTokens.of(b));
    if (joinedLeft.equals(joinedRight)) {
      return new Score(1, "the same words", false);
    }
    WordAlignment aligned = new WordAlignment(left, right);
    if (!aligned.excluded().isEmpty()) {
      return new Score(aligned.score() * EXCLUDED, aligned.excluded(), true);
    }
    double whole = whole(left, right, joinedLeft, joinedRight);
    if (whole <= aligned.score()) {
      return new Score(aligned.score(), aligned.reason(), false);
    }
    String brief = a.length() <= b.length() ? a : b;
    String full = a.length() <= b.length() ? b : a;
    return new Score(whole, "\"" + brief + "\" shortens or respells \"" + full + "\"", false);
  }

  private static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (String token :
        NameTokens.of(name.length() <= LONGEST ? name : name.substring(0, LONGEST))) {
      words.addAll(Vocabulary.parts(token));
    }
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
    return Math.max(best, misspelt(joinedLeft, joinedRight));
  }

  /** Whether one word is the words of the other name, each cut short: depdelay, tailnum, dob. */
  private static double runTogether(String word, List<String> words) {
    StringBuilder initials = new StringBuilder();
    words.forEach(each -> initials.append(each.charAt(0)));
    if (word.contentEquals(initials)) {
      return words.size() >= 3 ? LONG_INITIALS : INITIALS;
    }
    List<String> turned = new ArrayList<>(words);
    Collections.reverse(turned);
    return split(word, 0, words, 0) || split(word, 0, turned, 0) ? RUN_TOGETHER : 0;
  }

  private static boolean split(String word, int at, List<String> words, int next) {
    if (next == words.size()) {
      return at == word.length();
    }
    String full = words.get(next);
    for (int end = word.length(); end >= at + 2; end--) {
      String piece = word.substring(at, end);
      if (isShortFor(piece, full) && split(word, end, words, next + 1)) {
        return true;
      }
    }
    // A single letter stands for a word only at its side: tmax, hpressure.
    return at < word.length()
        && word.charAt(at) == full.charAt(0)
        && words.size() > 1
        && split(word, at + 1, words, next + 1);
  }

  private static boolean isShortFor(String piece, String full) {
    return full.startsWith(piece) || haveCommon(piece, full);
  }

  private static boolean haveCommon(String a, String b) {
    Set<String> meanings = Vocabulary.meanings(a);
    meanings.retainAll(Vocabulary.meanings(b));
    return !meanings.isEmpty();
  }

  /** How alike two words are. */
  static double similarity(String a, String b) {
    if (a.equals(b)) {
      return 1;
    }
    double best = 0;
    for (String left : Vocabulary.meanings(a)) {
      for (String right : Vocabulary.meanings(b)) {
        best = Math.max(best, likeness(left, right));
      }
    }
    return Math.max(best, spelling(a, b));
  }

  /** Of words that are written out. */
  private static double likeness(String a, String b) {
    if (a.equals(b)) {
      return ABBREVIATED;
    }
    if (singular(a).equals(singular(b))) {
      return SINGULAR;
    }
    return Vocabulary.areSynonyms(a, b) || Vocabulary.areSynonyms(singular(a), singular(b))
        ? SYNONYM
        : 0;
  }

  private static double spelling(String a, String b) {
    String brief = a.length() <= b.length() ? a : b;
    String word = a.length() <= b.length() ? b : a;
    if (word.startsWith(brief) && brief.length() >= 3) {
      return PREFIX;
    }
    if (Similar.abbreviates(brief, word)
        && brief.length() >= 2
        && brief.length() * 2 <= word.length() + 2) {
      return brief.length() >= 3 ? SKELETON : SHORT_SKELETON;
    }
    return Math.max(misspelt(a, b), sameStem(a, b));
  }

  /** created and creation: most of both words, from their start. */
  private static double sameStem(String a, String b) {
    int common = 0;
    int limit = Math.min(a.length(), b.length());
    while (common < limit && a.charAt(common) == b.charAt(common)) {
      common++;
    }
    return common >= 5 && common * 8 >= 5 * Math.max(a.length(), b.length()) ? STEM : 0;
  }

  /** Below some likeness of letters it says no more than that both are words. */
  private static double misspelt(String a, String b) {
    if (Math.min(a.length(), b.length()) < 4) {
      return 0;
    }
    double spelling = Similar.jaroWinkler(a, b);
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
}
