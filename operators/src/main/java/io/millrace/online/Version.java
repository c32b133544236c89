package io.millrace.online;

import java.nio.charset.StandardCharsets;

/**
 * What decides between two vectors of one entity: the greater event time, and at equal times the
 * greater revision. As text {@code <eventTimeMillis>:<revision>}.
 *
 * <p>Redis compares the two numbers as doubles: exactly, up to 2^53.
 */
record Version(long eventTimeMillis, long revision) implements Comparable<Version> {

  @Override
  public int compareTo(Version other) {
    int byTime = Long.compare(eventTimeMillis, other.eventTimeMillis);
    return byTime != 0 ? byTime : Long.compare(revision, other.revision);
  }

  /** Read for every entity that is looked up, so without a pattern. */
  static Version parse(byte[] bytes) {
    int colon = 0;
    while (colon < bytes.length && bytes[colon] != ':') {
      colon++;
    }
    boolean negative = bytes.length > 0 && bytes[0] == '-';
    try {
      long time = digits(bytes, negative ? 1 : 0, colon);
      return new Version(negative ? -time : time, digits(bytes, colon + 1, bytes.length));
    } catch (IllegalArgumentException | ArithmeticException problem) {
      throw new IllegalArgumentException(
          "\""
              + new String(bytes, StandardCharsets.UTF_8)
              + "\" is not a version; expected <event time millis>:<revision>",
          problem);
    }
  }

  private static long digits(byte[] bytes, int from, int to) {
    if (from >= to) {
      throw new IllegalArgumentException("no digits");
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        throw new IllegalArgumentException("not a digit");
      }
      number = Math.addExact(Math.multiplyExact(number, 10L), (long) (bytes[i] - '0'));
    }
    return number;
  }

  byte[] toBytes() {
    return toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return eventTimeMillis + ":" + revision;
  }
}
