package io.millrace.matching;

import java.io.Serializable;

/** How alike two names of fields are in meaning. Implementations have no state. */
public interface NameSimilarity extends Serializable {

  /**
   * @param value 1 for the same name, 0 for names that have nothing to do with each other
   * @param reason for people, for example {@code dep = departure}; empty when there is none
   * @param excluded the names say that it cannot be the same field: minimum and maximum
   */
  record Score(double value, String reason, boolean excluded) {}

  /** Symmetric in its arguments. */
  Score score(String a, String b);
}
