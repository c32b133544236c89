package io.millrace.duplicates.linkage;

/** What is thought of a pair of records. The order is part of formats. */
public enum Verdict {
  /** The same thing. */
  MATCH,
  /** Perhaps the same thing: for a person to decide. */
  REVIEW,
  /** Different things. */
  NON_MATCH
}
