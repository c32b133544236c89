package io.millrace.online;

import io.millrace.records.FeatureVector;

/** What becomes of vectors that the store does not take. Called in the task's thread. */
@FunctionalInterface
public interface RefusedVectors {

  /**
   * @param key of the entity in the store
   * @param why the address, and what it answered
   * @param cure what a person can do about it
   */
  void refused(FeatureVector vector, byte[] key, String why, String cure);
}
