package io.millrace.vectors;

import io.millrace.records.EmbeddedRow;
import java.io.Serializable;

/** Takes the rows whose points Qdrant does not. */
@FunctionalInterface
public interface RefusedPoints extends Serializable {

  /** Fails the job. */
  RefusedPoints FAIL =
      (row, why) -> {
        throw new IllegalStateException("point " + row.pointId() + " of " + row.key() + ": " + why);
      };

  /**
   * @param why with the address, for a reader
   */
  void refused(EmbeddedRow row, String why);
}
