package io.millrace.matching;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What words of field names mean: common abbreviations, words for the same thing (with German,
 * French and Spanish ones), words that exclude each other, and words that say little. From text
 * resources beside this class, each of which says how it is written.
 */
final class Vocabulary {
  private static final int SHORTEST_PART = 3;

  /** Letters between the parts of a German compound. */
  private static final List<String> JOINTS = List.of("", "s", "n", "en", "es", "e");

  private static final Map<String, Set<String>> EXPANSIONS = new HashMap<>();
  private static final Map<String, Set<Integer>> SYNONYMS = new HashMap<>();
  private static final Map<String, Set<String>> OPPOSITES = new HashMap<>();
  private static final Set<String> LITTLE = new HashSet<>();

  /** Whole words, not abbreviations: those that compounds are made of. */
  private static final Set<String> WORDS = new HashSet<>();

  static {
    for (List<String> words : VocabularyFile.lines("abbreviations.txt")) {
      WORDS.add(words.get(0));
      for (String brief : words.subList(1, words.size())) {
        EXPANSIONS.computeIfAbsent(brief, key -> new HashSet<>()).add(words.get(0));
      }
    }
    int group = 0;
    for (List<String> words : VocabularyFile.lines("synonyms.txt")) {
      WORDS.addAll(words);
      int number = group++;
      words.forEach(it -> SYNONYMS.computeIfAbsent(it, key -> new HashSet<>()).add(number));
    }
    for (List<String> words : VocabularyFile.lines("opposites.txt")) {
      WORDS.addAll(words);
      for (String word : words) {
        Set<String> others = OPPOSITES.computeIfAbsent(word, key -> new HashSet<>());
        words.stream().filter(it -> !it.equals(word)).forEach(others::add);
      }
    }
    VocabularyFile.lines("little.txt").forEach(LITTLE::addAll);
    WORDS.addAll(LITTLE);
  }

  private Vocabulary() {}

  /** What a word may stand for: itself, in its plain spelling, and what it is short for. */
  static Set<String> meanings(String word) {
    Set<String> meanings = new HashSet<>(EXPANSIONS.getOrDefault(word, Set.of()));
    meanings.add(known(word).orElse(word));
    return meanings;
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
    return meanings(word).stream().anyMatch(LITTLE::contains);
  }

  /**
   * The words that a name's word is made of: {@code windgeschwindigkeit} is {@code wind} and {@code
   * geschwindigkeit}, {@code flightnumber} is {@code flight} and {@code number}. A word that is
   * known, or that no two known words make up, is left whole.
   */
  static List<String> parts(String word) {
    if (word.length() < 2 * SHORTEST_PART || EXPANSIONS.containsKey(word)) {
      return List.of(word);
    }
    if (known(word).isPresent()) {
      return List.of(known(word).get());
    }
    // The longest first part is the likeliest: "flug" + "nummer", not "flu" + ...
    for (int cut = word.length() - SHORTEST_PART; cut >= SHORTEST_PART; cut--) {
      Optional<String> first = known(word.substring(0, cut));
      if (first.isPresent()) {
        for (String joint : JOINTS) {
          if (word.startsWith(joint, cut)) {
            Optional<String> second = known(word.substring(cut + joint.length()));
            if (second.isPresent()) {
              return new ArrayList<>(List.of(first.get(), second.get()));
            }
          }
        }
      }
    }
    return List.of(word);
  }

  /** The word as it stands in the vocabulary, also when its umlauts are written as two letters. */
  private static Optional<String> known(String word) {
    if (WORDS.contains(word)) {
      return Optional.of(word);
    }
    String plain = word.replace("ß", "ss").replace("ae", "a").replace("oe", "o").replace("ue", "u");
    return WORDS.contains(plain) ? Optional.of(plain) : Optional.empty();
  }
}
