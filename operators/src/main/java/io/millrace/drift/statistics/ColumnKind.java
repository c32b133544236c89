package io.millrace.drift.statistics;

/** How the values of a column are compared. */
public enum ColumnKind {
  /** Ordered values, as doubles. */
  NUMBER,
  /** Names without order. */
  CATEGORY,
  /** Arrays of numbers of one length, such as embeddings. */
  VECTOR
}
