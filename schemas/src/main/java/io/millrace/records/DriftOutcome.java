package io.millrace.records;

/** What became of a window. The names are part of the drift topic's format. */
public enum DriftOutcome {
  /** There is no complete reference yet; the window may become part of it. */
  BASELINE,
  /** Fewer rows than {@code alarm.min_rows}: nothing is said about drift. */
  INSUFFICIENT_DATA,
  /** Compared, and not significantly or not sufficiently different. */
  STABLE,
  /** Significantly and sufficiently different. */
  DRIFT
}
