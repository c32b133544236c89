package io.millrace.jobs.cli;

/** Exit codes of the command {@code millrace}; those above 63 are of BSD's sysexits.h. */
final class ExitCodes {

  static final int OK = 0;

  /** What was asked for is not there: an unknown key, for example. */
  static final int NOT_FOUND = 1;

  /** Data drifted. */
  static final int DRIFT = 1;

  /** The files have problems, and they were printed. */
  static final int PROBLEMS = 2;

  /** The command line was wrong. */
  static final int USAGE = 64;

  /** A server that is needed does not answer. */
  static final int UNAVAILABLE = 69;

  /** A defect of Millrace. */
  static final int SOFTWARE = 70;

  private ExitCodes() {}
}
