package io.millrace.online;

import io.millrace.records.FeatureVector;
import java.io.Serializable;

/** What becomes of vectors that the store does not take. Called in the task's thread. */
@FunctionalInterface
public interface RefusedVectors extends Serializable {

  /** Fails the job, which is what happens where nobody says otherwise. */
  RefusedVectors FAIL =
      (vector, key, why, cure) -> {
        throw new IllegalStateException(why + ". " + cure);
      };

  /**
   * @param key of the entity in the store
   * @param why the address, and what it answered
   * @param cure what a person can do about it
   */
  void refused(FeatureVector vector, byte[] key, String why, String cure);
}
