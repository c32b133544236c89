package io.millrace.jobs.contracts;

import io.millrace.ingest.ContractOverlay;

/**
 * The version of a contract by which records are read outside of the pipeline's job.
 *
 * @param overlay what the version says beyond the contract file
 * @param outOfReach why only the contract file could be followed; empty when what the job has
 *     learned is known
 */
public record FollowedContract(ContractOverlay overlay, String outOfReach) {

  /** The contract as its file has it, whatever a job has learned. */
  public static FollowedContract ofFile(String fileVersion) {
    return new FollowedContract(ContractOverlay.none(fileVersion), "");
  }

  /** For people: {@code contract 1.0.0+2}. */
  @Override
  public String toString() {
    return "contract "
        + overlay.label()
        + (outOfReach.isEmpty() ? "" : " as in its file: " + outOfReach);
  }
}
