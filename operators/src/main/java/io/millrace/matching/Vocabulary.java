package io.millrace.matching;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What words of field names mean: common abbreviations, words for the same thing (with German,
 * French and Spanish ones), words that exclude each other, and words that say little. From
 * resources beside this class; each of them says how it is written.
 */
final class Vocabulary {
  private static final Map<String, String> EXPANSIONS = new HashMap<>();
  private static final Map<String, Set<Integer>> SYNONYMS = new HashMap<>();
  private static final Map<String, Set<String>> OPPOSITES = new HashMap<>();
  private static final Set<String> LITTLE = new HashSet<>();

  static {
    VocabularyFile.lines("abbreviations.txt")
        .forEach(words -> words.stream().skip(1).forEach(it -> EXPANSIONS.put(it, words.get(0))));
    int group = 0;
    for (var words : VocabularyFile.lines("synonyms.txt")) {
      int number = group++;
      words.forEach(it -> SYNONYMS.computeIfAbsent(it, key -> new HashSet<>()).add(number));
    }
    for (var words : VocabularyFile.lines("opposites.txt")) {
      for (String word : words) {
        Set<String> others = OPPOSITES.computeIfAbsent(word, key -> new HashSet<>());
        words.stream().filter(it -> !it.equals(word)).forEach(others::add);
      }
    }
    VocabularyFile.lines("little.txt").forEach(LITTLE::addAll);
  }

  private Vocabulary() {}

  /** The word that an abbreviation stands for; other words as they are. */
  static String expanded(String word) {
    return EXPANSIONS.getOrDefault(word, word);
  }

  static boolean areSynonyms(String a, String b) {
    Set<Integer> groups = SYNONYMS.getOrDefault(a, Set.of());
    return SYNONYMS.getOrDefault(b, Set.of()).stream().anyMatch(groups::contains);
  }

  /** Whether two words cannot stand for the same thing. */
  static boolean exclude(String a, String b) {
    return OPPOSITES.getOrDefault(a, Set.of()).contains(b);
  }

  /** Units, articles and words such as {@code id} that many names have. */
  static boolean saysLittle(String word) {
    return LITTLE.contains(word);
  }
}
