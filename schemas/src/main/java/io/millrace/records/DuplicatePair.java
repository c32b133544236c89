package io.millrace.records;

import java.util.List;

/**
 * What is thought of two rows that may be the same thing: written to the topic of duplicates
 * whenever it changes. A Flink POJO: no field falls to Kryo.
 *
 * @param tenant whose rows they are; empty when there are none
 * @param pointA the smaller one of the two point ids, a UUID as text
 * @param pointB the greater one
 * @param keyA key of the row of {@code pointA} as a JSON object
 * @param keyB key of the row of {@code pointB}
 * @param decision what follows from the score
 * @param score probability that both are the same thing; where no fields are compared, {@code
 *     similarity}
 * @param weight what the fields say together, in bits: the binary logarithm of the odds; NaN where
 *     no fields are compared
 * @param similarity cosine of the two vectors; NaN when the two were not found as neighbours
 * @param foundBy {@code block}, {@code neighbour}, or {@code block+neighbour}
 * @param reasons what each field says, in the order of the pipeline file
 * @param eventTimeMillis of the newer one of the two rows
 * @param withdrawn whether the pair is neither a match nor one for review any more
 */
public record DuplicatePair(
    String embedding,
    String source,
    String tenant,
    String pointA,
    String pointB,
    String keyA,
    String keyB,
    Decision decision,
    double score,
    double weight,
    double similarity,
    String foundBy,
    List<Reason> reasons,
    long eventTimeMillis,
    boolean withdrawn) {

  /** What follows from a score. */
  public enum Decision {
    /** Both are the same thing. */
    MATCH,
    /** People should look. */
    REVIEW,
    /** They are not; such pairs are not told. */
    NON_MATCH
  }

  /**
   * What a field says.
   *
   * @param field its name, or {@code similarity} for that of the vectors
   * @param agreement how well the values agree, in a word
   * @param weight in bits; above zero for, below zero against
   * @param a the value of {@code pointA}, shortened; empty for fields classified pii
   * @param b the value of {@code pointB}
   */
  public record Reason(String field, String agreement, double weight, String a, String b) {}

  public DuplicatePair {
    reasons = List.copyOf(reasons);
  }
}
