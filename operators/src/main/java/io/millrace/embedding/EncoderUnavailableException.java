package io.millrace.embedding;

/** An encoder cannot be reached or is overloaded; the same texts may succeed later. */
public final class EncoderUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EncoderUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
