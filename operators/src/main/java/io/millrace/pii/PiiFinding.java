package io.millrace.pii;

/**
 * A field that looks like personal data.
 *
 * @param matches how many of the examined values are of the kind
 * @param examined values looked at
 * @param byName the name alone says so
 */
public record PiiFinding(PiiKind kind, int matches, int examined, boolean byName) {

  /** For messages; names no value. */
  public String reason() {
    return byName
        ? "its name speaks of " + kind.noun()
        : matches + " of " + examined + " sampled values look like " + kind.noun();
  }
}
