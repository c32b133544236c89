package io.millrace.matching;

/** Distances between short texts. */
public final class Similar {
  private static final int PREFIX = 4;
  private static final double PREFIX_WEIGHT = 0.1;

  private Similar() {}

  /**
   * Jaro-Winkler similarity (Winkler, "String comparator metrics and enhanced decision rules",
   * 1990): 1 for equal texts, 0 for texts without a common letter near the same place.
   */
  public static double jaroWinkler(String a, String b) {
    double jaro = jaro(a, b);
    int common = 0;
    int limit = Math.min(PREFIX, Math.min(a.length(), b.length()));
    while (common < limit && a.charAt(common) == b.charAt(common)) {
      common++;
    }
    return jaro + common * PREFIX_WEIGHT * (1 - jaro);
  }

  private static double jaro(String a, String b) {
    if (a.equals(b)) {
      return 1;
    }
    int reach = Math.max(0, Math.max(a.length(), b.length()) / 2 - 1);
    boolean[] usedOfB = new boolean[b.length()];
    StringBuilder matchedOfA = new StringBuilder();
    for (int i = 0; i < a.length(); i++) {
      int to = Math.min(b.length() - 1, i + reach);
      for (int j = Math.max(0, i - reach); j <= to; j++) {
        if (!usedOfB[j] && a.charAt(i) == b.charAt(j)) {
          usedOfB[j] = true;
          matchedOfA.append(a.charAt(i));
          break;
        }
      }
    }
    int matches = matchedOfA.length();
    if (matches == 0) {
      return 0;
    }
    int transposed = 0;
    int at = 0;
    for (int j = 0; j < b.length(); j++) {
      if (usedOfB[j] && b.charAt(j) != matchedOfA.charAt(at++)) {
        transposed++;
      }
    }
    double m = matches;
    return (m / a.length() + m / b.length() + (m - transposed / 2.0) / m) / 3;
  }

  /**
   * Whether {@code brief} is a way to shorten {@code word}: its first letter, then letters of the
   * word in their order: {@code dep} and {@code dpt} of {@code departure}.
   */
  static boolean abbreviates(String brief, String word) {
    if (brief.isEmpty() || brief.length() >= word.length() || brief.charAt(0) != word.charAt(0)) {
      return false;
    }
    int at = 0;
    for (int i = 0; i < word.length() && at < brief.length(); i++) {
      at += word.charAt(i) == brief.charAt(at) ? 1 : 0;
    }
    return at == brief.length();
  }
}
