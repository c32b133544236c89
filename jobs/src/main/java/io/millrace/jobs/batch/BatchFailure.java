package io.millrace.jobs.batch;

import java.io.IOException;

/**
 * Why a batch job failed, in words for the person who started it. Thrown inside a task, it is what
 * that person reads, whatever its causes and whatever Flink puts around it.
 */
public final class BatchFailure extends IOException {
  private static final long serialVersionUID = 1L;

  public BatchFailure(String words, Throwable cause) {
    super(words, cause);
  }

  /** The words of a failure: those that were meant to be read, else those of its deepest cause. */
  static BatchFailure of(Throwable failure, String otherwise) {
    Throwable cause = failure;
    while (!(cause instanceof BatchFailure) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new BatchFailure(
        cause instanceof IOException && cause.getMessage() != null
            ? cause.getMessage()
            : otherwise + ": " + cause,
        failure);
  }
}
