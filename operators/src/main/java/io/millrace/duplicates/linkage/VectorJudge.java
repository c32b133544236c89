package io.millrace.duplicates.linkage;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * Judges pairs by nothing but the cosine of their vectors, where no fields are compared: the
 * thresholds are those of the cosine, which stands for the probability.
 */
public record VectorJudge(Thresholds thresholds) implements Serializable {
  private static final double LOG2 = Math.log(2);

  /**
   * @param cosine from -1 to 1; less than 0 counts as 0
   */
  public Judgement judge(double cosine) {
    double share = Math.max(0, Math.min(1, cosine));
    double bits = Math.log(share / (1 - share)) / LOG2;
    String level = String.format(Locale.ROOT, "cosine %.3f", cosine);
    return new Judgement(
        thresholds.verdict(share), share, bits, List.of(new FieldReason("vector", level, bits)));
  }
}
