package io.millrace.document;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class NearestName {

  private NearestName() {}

  /**
   * The candidate that differs least from {@code written}, if at most a third of the letters differ
   * (two of four or more). Cost O(candidates * length^2).
   */
  public static Optional<String> of(String written, Collection<String> candidates) {
    return candidates.stream()
        .map(candidate -> new Candidate(candidate, difference(written, candidate)))
        .filter(candidate -> candidate.difference() <= tolerance(written, candidate.name()))
        .min(Comparator.comparingInt(Candidate::difference).thenComparing(Candidate::name))
        .map(Candidate::name);
  }

  private record Candidate(String name, int difference) {}

  private static int difference(String written, String candidate) {
    return distance(written.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
  }

  private static int tolerance(String written, String candidate) {
    int length = Math.max(written.length(), candidate.length());
    return length < 4 ? length / 2 : Math.max(2, length / 3);
  }

  /** {@code did you mean "hop"?}, or the instead text when nothing is near. */
  public static String suggestion(String written, Collection<String> candidates, String otherwise) {
    return of(written, candidates)
        .map(nearest -> "did you mean \"" + nearest + "\"?")
        .orElse(otherwise);
  }

  /**
   * Optimal string alignment distance: insertions, deletions, substitutions and swaps of
   * neighbours, each counted as one.
   */
  static int distance(String a, String b) {
    int[] beforePrevious = new int[b.length() + 1];
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
        }
      }
      int[] recycled = beforePrevious;
      beforePrevious = previous;
      previous = current;
      current = recycled;
    }
    return previous[b.length()];
  }
}
