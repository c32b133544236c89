package io.millrace.evolution;

import io.millrace.contract.ContractVersion;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;

/**
 * Where the newest contract versions are kept outside of the job. Guards and the keeper look there
 * when they start, before the first record: what was decided after the checkpoint they start from,
 * or while no job ran, holds from the first record on.
 */
@FunctionalInterface
public interface ContractLog extends Serializable {

  /** Knows nothing. */
  ContractLog NONE = Map::of;

  /**
   * The newest version of each source.
   *
   * @throws IOException if it cannot be read
   */
  Map<String, ContractVersion> newest() throws IOException;
}
