package io.millrace.document;

import java.util.List;
import java.util.stream.Collectors;

/** Files that cannot be used as they are, with every problem in the message. */
public final class ProblemsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  public ProblemsException(List<Problem> problems) {
    super(
        (problems.size() == 1 ? "1 problem:\n" : problems.size() + " problems:\n")
            + problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
