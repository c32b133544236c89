package io.millrace.duplicates.linkage;

import java.io.Serializable;

/**
 * From which probability on a pair is a match, and from which on somebody should look at it.
 *
 * @param match from 0 to 1
 * @param review from 0 to {@code match}
 */
public record Thresholds(double match, double review) implements Serializable {
  public Thresholds {
    if (!(review >= 0 && review <= match && match <= 1)) {
      throw new IllegalArgumentException(
          "thresholds must be 0 <= review <= match <= 1, but review is %s and match is %s"
              .formatted(review, match));
    }
  }

  public Verdict verdict(double probability) {
    return probability >= match
        ? Verdict.MATCH
        : probability >= review ? Verdict.REVIEW : Verdict.NON_MATCH;
  }
}
