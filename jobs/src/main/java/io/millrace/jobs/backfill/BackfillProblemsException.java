package io.millrace.jobs.backfill;

import java.util.List;

/** Everything that stands in the way of a backfill, each with its cure. */
public final class BackfillProblemsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  BackfillProblemsException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
