package io.millrace.duplicates;

/**
 * A block says that two rows are worth a look, that they are so in another way, or no more. A Flink
 * POJO.
 *
 * @param idA the smaller id
 * @param a null when withdrawn
 * @param near whether the pair met as neighbours
 * @param delta 1 from a block that had not said so before, 0 from one that had, -1 when withdrawn
 * @param comparison bytes of a {@link io.millrace.duplicates.linkage.PairComparison}; empty when
 *     withdrawn, and where no fields are compared
 * @param similarity of neighbours
 */
public record PairEvidence(
    String tenant,
    String idA,
    String idB,
    CandidateRow a,
    CandidateRow b,
    boolean near,
    int delta,
    byte[] comparison,
    double similarity) {

  boolean isWithdrawn() {
    return delta < 0;
  }

  String pair() {
    return idA + "/" + idB;
  }
}
