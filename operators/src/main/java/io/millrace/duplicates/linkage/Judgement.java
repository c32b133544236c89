package io.millrace.duplicates.linkage;

import java.util.List;

/**
 * What is thought of a pair, and why.
 *
 * @param probability that both records are of the same thing, from 0 to 1
 * @param bits log2 of the odds of it: the bits of the reasons, and those of the odds before any
 *     field was looked at
 * @param reasons one for each compared field, in their order
 */
public record Judgement(
    Verdict verdict, double probability, double bits, List<FieldReason> reasons) {
  public Judgement {
    reasons = List.copyOf(reasons);
  }
}
