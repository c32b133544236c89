package io.millrace.duplicates.linkage;

import java.util.Arrays;

/** Slips of the pen between two texts. */
final class Edits {
  private Edits() {}

  /**
   * Least number of letters put in, left out, replaced or interchanged with their neighbour that
   * turns one text into the other, no letter touched twice (optimal string alignment, Damerau
   * 1964); {@code most + 1} when it is more than {@code most}. Cost O(length x most).
   */
  static int between(String a, String b, int most) {
    if (Math.abs(a.length() - b.length()) > most) {
      return most + 1;
    }
    int far = most + 1;
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = Math.min(j, far);
    }
    for (int i = 1; i <= a.length(); i++) {
      int from = Math.max(1, i - most);
      int to = Math.min(b.length(), i + most);
      Arrays.fill(row, far);
      row[0] = Math.min(i, far);
      int least = row[0];
      for (int j = from; j <= to; j++) {
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int edits = Math.min(last[j - 1] + same, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          edits = Math.min(edits, beforeLast[j - 2] + 1);
        }
        row[j] = Math.min(edits, far);
        least = Math.min(least, row[j]);
      }
      if (least > most) {
        return far;
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
