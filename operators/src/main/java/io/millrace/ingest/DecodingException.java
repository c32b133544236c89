package io.millrace.ingest;

import io.millrace.records.DeadLetterReason;

/**
 * Carries a problem from the value where it was found up to the decoder. Only bad records pay for
 * it, and it has no stack trace. Each enclosing value puts its part of the path in front.
 */
public final class DecodingException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN_CHARACTERS = 40;

  private final DeadLetterReason reason;
  private String path = "";

  public DecodingException(DeadLetterReason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  static DecodingException wrongType(String found, Object expected) {
    return new DecodingException(
        DeadLetterReason.WRONG_TYPE, found + " where " + expected + " is expected");
  }

  /** Says that the offending value lies in field {@code name} of an object. */
  public DecodingException inField(String name) {
    path = path.isEmpty() || path.startsWith("[") ? name + path : name + "." + path;
    return this;
  }

  /** Says that the offending value is an array's element. */
  public DecodingException atIndex(int index) {
    path =
        path.isEmpty() || path.startsWith("[")
            ? "[" + index + "]" + path
            : "[" + index + "]." + path;
    return this;
  }

  /**
   * Whether a value differs from the contract in its type, which policies may settle. Everything
   * else is beyond them, and so is what has happened deeper inside of the value and was not settled
   * there.
   */
  boolean isMismatch() {
    return path.isEmpty()
        && switch (reason) {
          case WRONG_TYPE, OUT_OF_RANGE, PRECISION_LOSS -> true;
          default -> false;
        };
  }

  public DeadLetterReason reason() {
    return reason;
  }

  public Decoding.Problem problem() {
    return new Decoding.Problem(reason, path, getMessage());
  }

  /** The beginning of a value, for a message. */
  public static String shown(String value) {
    return value.length() <= SHOWN_CHARACTERS
        ? "'" + value + "'"
        : "'" + value.substring(0, SHOWN_CHARACTERS) + "…' (" + value.length() + " characters)";
  }
}
