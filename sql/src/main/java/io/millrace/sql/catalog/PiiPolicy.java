package io.millrace.sql.catalog;

import java.security.SecureRandom;
import java.util.Locale;

/**
 * Whether fields that contracts classify as personal data are shown.
 *
 * @param secret what pseudonyms of this catalog are made with; made anew with each catalog
 */
record PiiPolicy(Mode mode, byte[] secret) {
  private static final int SECRET_BYTES = 32;

  /** As the option of the catalog is written. */
  enum Mode {
    MASK,
    REVEAL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static PiiPolicy of(Mode mode) {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return new PiiPolicy(mode, secret);
  }

  boolean masks() {
    return mode == Mode.MASK;
  }
}
