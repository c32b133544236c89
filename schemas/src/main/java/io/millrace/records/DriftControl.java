package io.millrace.records;

/**
 * An order to a running monitor about its reference.
 *
 * @param id name of the promoted reference; empty for one of its window's making
 */
public record DriftControl(String monitor, Action action, String id) {

  /** What is to be done. */
  public enum Action {
    /** The window closed last becomes the reference, and stays it until told otherwise. */
    PROMOTE,
    /** The reference is forgotten; the next windows make a new one as the pipeline file says. */
    REBUILD
  }
}
