package io.millrace.jobs.tables;

/** A table that cannot be used. The message names the file, the place, and the cure. */
public final class TableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TableException(String message) {
    super(message);
  }

  TableException(String message, Throwable cause) {
    super(message, cause);
  }
}
