package io.millrace.duplicates;

import io.millrace.vectors.Neighbour;
import java.util.List;

/**
 * A row comes to a block, changes in it, or leaves it. Rows that meet in a block are compared. A
 * Flink POJO.
 *
 * @param block begins with the tenant, so that rows of two tenants never meet
 * @param id of the row
 * @param version of its change
 * @param row null when it leaves
 * @param similarity of a guest to the owner, when it was found
 * @param ownerVersion of the owner that the guest has found
 * @param ownerHash its content
 * @param neighbours of the owner
 */
public record BlockEntry(
    String block,
    Role role,
    String id,
    long version,
    CandidateRow row,
    double similarity,
    long ownerVersion,
    String ownerHash,
    List<Neighbour> neighbours) {

  /** What a row is in a block. */
  public enum Role {
    /** All members of a block have a blocking key in common; they are compared with each other. */
    MEMBER,
    /** The row whose neighbourhood the block is. */
    OWNER,
    /** A row that found the owner near it; compared with the owner alone. */
    GUEST
  }

  static BlockEntry leaves(String block, Role role, String id, long version) {
    return new BlockEntry(block, role, id, version, null, 0, 0, "", List.of());
  }

  static BlockEntry member(String block, CandidateRow row) {
    return of(block, Role.MEMBER, row, List.of());
  }

  static BlockEntry owner(String block, CandidateRow row, List<Neighbour> neighbours) {
    return of(block, Role.OWNER, row, neighbours);
  }

  private static BlockEntry of(
      String block, Role role, CandidateRow row, List<Neighbour> neighbours) {
    return new BlockEntry(block, role, row.id(), row.version(), row, 0, 0, "", neighbours);
  }

  static BlockEntry guest(String block, CandidateRow row, Neighbour owner) {
    return new BlockEntry(
        block,
        Role.GUEST,
        row.id(),
        row.version(),
        row,
        owner.similarity(),
        owner.version(),
        owner.contentHash(),
        List.of());
  }

  boolean leaves() {
    return row == null;
  }
}
