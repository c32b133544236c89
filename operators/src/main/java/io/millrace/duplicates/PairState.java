package io.millrace.duplicates;

import io.millrace.duplicates.linkage.Linkage;

/**
 * What is known of a pair. A Flink POJO.
 *
 * @param blocks how many blocks say that it is to be judged
 * @param nears how many of the two neighbourhoods say so
 * @param blockVersions sum of the rows' versions that {@code byBlock} compares
 * @param nearVersions the same of {@code byNear}
 * @param byBlock the comparison by a block; empty where there is none
 * @param byNear the comparison by a neighbourhood, which has the similarity in it
 * @param similarity of neighbours
 * @param told hash of what was told last; 0: nothing, or that it is withdrawn
 * @param linkedBits weight with which clusters know the pair; NaN: they do not
 */
public record PairState(
    int blocks,
    int nears,
    long blockVersions,
    long nearVersions,
    byte[] byBlock,
    byte[] byNear,
    double similarity,
    long told,
    double linkedBits) {

  private static final byte[] NONE = {};

  static final PairState NEW =
      new PairState(0, 0, 0, 0, NONE, NONE, Linkage.NO_COSINE, 0, Double.NaN);

  PairState with(PairEvidence evidence) {
    if (evidence.isWithdrawn()) {
      return without(evidence.near());
    }
    long versions = evidence.a().version() + evidence.b().version();
    if (evidence.near()) {
      boolean newer = nears == 0 || versions >= nearVersions;
      return new PairState(
          blocks,
          nears + evidence.delta(),
          blockVersions,
          newer ? versions : nearVersions,
          byBlock,
          newer ? evidence.comparison() : byNear,
          newer ? evidence.similarity() : similarity,
          told,
          linkedBits);
    }
    boolean newer = blocks == 0 || versions >= blockVersions;
    return new PairState(
        blocks + evidence.delta(),
        nears,
        newer ? versions : blockVersions,
        nearVersions,
        newer ? evidence.comparison() : byBlock,
        byNear,
        similarity,
        told,
        linkedBits);
  }

  private PairState without(boolean near) {
    int leftBlocks = near ? blocks : blocks - 1;
    int leftNears = near ? nears - 1 : nears;
    return new PairState(
        leftBlocks,
        leftNears,
        blockVersions,
        nearVersions,
        leftBlocks == 0 ? NONE : byBlock,
        leftNears == 0 ? NONE : byNear,
        leftNears == 0 ? Linkage.NO_COSINE : similarity,
        told,
        linkedBits);
  }

  PairState withOutcome(long newTold, double newLinkedBits) {
    return new PairState(
        blocks,
        nears,
        blockVersions,
        nearVersions,
        byBlock,
        byNear,
        similarity,
        newTold,
        newLinkedBits);
  }

  boolean isSupported() {
    return blocks + nears > 0;
  }

  /** The comparison that knows more. */
  byte[] comparison() {
    return nears > 0 ? byNear : byBlock;
  }

  String foundBy() {
    return blocks == 0 ? "neighbour" : nears == 0 ? "block" : "block+neighbour";
  }
}
