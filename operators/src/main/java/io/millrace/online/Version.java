package io.millrace.online;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What decides between two vectors of one entity: the greater event time, and at equal times the
 * greater revision. As text {@code <eventTimeMillis>:<revision>}.
 *
 * <p>Redis compares the two numbers as doubles: exactly, up to 2^53.
 */
record Version(long eventTimeMillis, long revision) implements Comparable<Version> {

  private static final Pattern TEXT = Pattern.compile("(-?\\d+):(\\d+)");

  @Override
  public int compareTo(Version other) {
    int byTime = Long.compare(eventTimeMillis, other.eventTimeMillis);
    return byTime != 0 ? byTime : Long.compare(revision, other.revision);
  }

  static Version parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a version; expected <event time millis>:<revision>");
    }
    return new Version(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
  }

  byte[] toBytes() {
    return toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return eventTimeMillis + ":" + revision;
  }
}
