package io.millrace.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as pipeline files write them: {@code 100ms}, {@code 30s}, {@code 5m}, {@code 7d}.
 */
public final class Durations {

  private static final Pattern SYNTAX = Pattern.compile("([0-9]{1,15})(ms|s|m|h|d)");
  private static final List<Unit> UNITS =
      List.of(
          new Unit("d", 86_400_000L),
          new Unit("h", 3_600_000L),
          new Unit("m", 60_000L),
          new Unit("s", 1_000L),
          new Unit("ms", 1L));

  private record Unit(String symbol, long millis) {}

  private Durations() {}

  /** Empty when the text is no length of time, or one of more than 100,000 years. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    long unit =
        UNITS.stream()
            .filter(it -> it.symbol().equals(matcher.group(2)))
            .findFirst()
            .orElseThrow()
            .millis();
    return amount > Duration.ofDays(36_500_000).toMillis() / unit
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(amount * unit));
  }

  /** The shortest exact spelling, for example {@code 90s} for one and a half minutes. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    return UNITS.stream()
        .filter(unit -> millis != 0 && millis % unit.millis() == 0)
        .findFirst()
        .map(unit -> millis / unit.millis() + unit.symbol())
        .orElse("0s");
  }
}
