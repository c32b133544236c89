package io.millrace.formats;

/** A server without which records cannot be read has been away for too long. */
public final class OutageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutageException(String message, Throwable cause) {
    super(message, cause);
  }
}
