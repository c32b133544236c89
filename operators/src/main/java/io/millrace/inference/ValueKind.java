package io.millrace.inference;

/**
 * What one JSON value is, as finely as a type needs to be told from another. The order is part of
 * the state's format: new kinds are added at the end.
 */
public enum ValueKind {
  NULL,
  BOOLEAN,
  /** A whole number that fits 64 bits. */
  INTEGER,
  /** A whole number that does not. */
  BIG_INTEGER,
  /** A number with a point and no exponent. */
  DECIMAL,
  /** A number with an exponent. */
  FLOAT,
  /** {@code 2013-01-01}. */
  DATE,
  /** {@code 10:15:00}. */
  TIME,
  /** {@code 2013-01-01T10:15:00}. */
  LOCAL_TIMESTAMP,
  /** {@code 2013-01-01T10:15:00Z}, or with an offset. */
  ZONED_TIMESTAMP,
  /** A number in a string. */
  NUMERIC_TEXT,
  /** {@code "true"} or {@code "false"}. */
  BOOLEAN_TEXT,
  /** Any other string. */
  TEXT,
  ARRAY,
  OBJECT;

  /** Whether the value is a string in JSON. */
  boolean isText() {
    return switch (this) {
      case DATE, TIME, LOCAL_TIMESTAMP, ZONED_TIMESTAMP, NUMERIC_TEXT, BOOLEAN_TEXT, TEXT -> true;
      default -> false;
    };
  }
}
