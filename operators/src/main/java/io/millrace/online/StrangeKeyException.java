package io.millrace.online;

import java.io.IOException;

/**
 * A key of an entity holds something that is not a hash: somebody else writes to the view's keys.
 * The message names the key. Other entities can be read.
 */
public final class StrangeKeyException extends IOException {
  private static final long serialVersionUID = 1L;

  StrangeKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
