package io.millrace.training;

import java.util.List;

/** Everything that stands in the way of a training set, each with its cure. */
public final class TrainingProblemsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public TrainingProblemsException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  public static void throwIfAny(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new TrainingProblemsException(problems);
    }
  }

  public List<String> problems() {
    return problems;
  }
}
