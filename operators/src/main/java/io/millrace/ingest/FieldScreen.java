package io.millrace.ingest;

import java.io.Serializable;

/**
 * Holds back new fields that must not be carried along until somebody has confirmed them, because
 * they look like personal data.
 */
@FunctionalInterface
public interface FieldScreen extends Serializable {

  /** Lets every field pass. */
  FieldScreen OPEN = (name, json) -> true;

  /**
   * Whether the value of a field that no version of the contract knows may be carried along. Asked
   * for every record that has one.
   *
   * @param json the value as JSON text
   */
  boolean mayCarry(String name, String json);
}
