package io.millrace.pipeline;

import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the windows of a drift monitor and holds the reference's span against them. */
final class DriftWindowReader {

  /** Most steps that a window may have: each is counted on its own until the window closes. */
  private static final long MAX_STEPS = 1_000;

  /** Most steps that a moving reference may have: each keeps a summary of a few KB per column. */
  private static final long MAX_REFERENCE_STEPS = 2_000;

  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Pattern WEEKS = Pattern.compile("[0-9]{1,5}w");

  private final Reading reading;

  DriftWindowReader(Reading reading) {
    this.reading = reading;
  }

  /** Length and step; equal when windows tumble. */
  record Window(Duration length, Duration step) {}

  Optional<Window> window(YamlValue monitor) {
    Optional<YamlValue> written = monitor.get("window").filter(YamlValue::isMap);
    if (written.isEmpty()) {
      return Optional.empty();
    }
    YamlValue map = written.get();
    boolean tumbles = map.get("tumble").isPresent();
    Optional<Duration> length = positive(map, tumbles ? "tumble" : "slide");
    Optional<Duration> step = tumbles ? length : positive(map, "every");
    if (tumbles && map.get("every").isPresent()) {
      reading.report(
          map.nearest("every")
              .problem("every beside tumble", "every beside slide", "remove it, or write slide"));
      return Optional.empty();
    }
    if (length.isEmpty() || step.isEmpty()) {
      return Optional.empty();
    }
    long millis = length.get().toMillis();
    long stepMillis = step.get().toMillis();
    if (millis % stepMillis != 0 || millis / stepMillis > MAX_STEPS) {
      reading.report(
          map.nearest("slide")
              .problem(
                  "windows of "
                      + Durations.format(length.get())
                      + " every "
                      + Durations.format(step.get()),
                  "windows that are a multiple of the step, at most " + MAX_STEPS + " times",
                  "for example every: "
                      + Durations.format(Duration.ofMillis(Math.max(1, millis / 24)))));
      return Optional.empty();
    }
    return Optional.of(new Window(length.get(), step.get()));
  }

  private Optional<Duration> positive(YamlValue map, String key) {
    Optional<Duration> length = reading.duration(map, key);
    if (length.filter(Duration::isZero).isPresent()) {
      reading.report(map.nearest(key).problem("no time at all", "at least 1ms", "for example 24h"));
      return Optional.empty();
    }
    return length;
  }

  /** How far a reference reaches, if it suits the windows. */
  Optional<Duration> span(YamlValue value, DriftReference.Kind kind, Optional<Window> window) {
    Optional<Duration> span =
        WEEKS.matcher(value.text()).matches()
            ? Optional.of(
                WEEK.multipliedBy(
                    Long.parseLong(value.text().substring(0, value.text().length() - 1))))
            : Durations.parse(value.text());
    if (span.isEmpty() || window.isEmpty()) {
      // A text that is no length of time was reported by the schema.
      return span;
    }
    Duration length = window.get().length();
    Duration step = window.get().step();
    Duration period =
        switch (kind) {
          case SAME_HOUR_OF_DAY -> DAY;
          case SAME_WEEKDAY -> WEEK;
          default -> step;
        };
    if (kind == DriftReference.Kind.SAME_HOUR_OF_DAY || kind == DriftReference.Kind.SAME_WEEKDAY) {
      String periodText = Durations.format(period);
      if (length.compareTo(period) > 0 || period.toMillis() % step.toMillis() != 0) {
        reading.report(
            value.problem(
                "windows of " + Durations.format(length) + " every " + Durations.format(step),
                "windows of at most " + periodText + " whose step divides " + periodText,
                "for example window: {tumble: 1h}"));
        return Optional.empty();
      }
    }
    return suited(value, span.get(), period, window.get(), kind);
  }

  private Optional<Duration> suited(
      YamlValue value, Duration span, Duration period, Window window, DriftReference.Kind kind) {
    if (span.isZero()
        || span.toMillis() % period.toMillis() != 0
        || (period.equals(window.step()) && span.compareTo(window.length()) < 0)) {
      reading.report(
          value.problem(
              value.describe(),
              "a multiple of "
                  + Durations.format(period)
                  + (period.equals(window.step())
                      ? ", at least one window of " + Durations.format(window.length())
                      : ""),
              "for example "
                  + Durations.format(
                      period.multipliedBy(kind == DriftReference.Kind.SAME_WEEKDAY ? 8 : 14))));
      return Optional.empty();
    }
    if (kind.moves() && span.toMillis() / window.step().toMillis() > MAX_REFERENCE_STEPS) {
      reading.report(
          value.problem(
              value.describe()
                  + ", that is "
                  + span.toMillis() / window.step().toMillis()
                  + " steps of "
                  + Durations.format(window.step()),
              "at most " + MAX_REFERENCE_STEPS + " steps",
              "use a shorter span, or a longer step"));
      return Optional.empty();
    }
    return Optional.of(span);
  }
}
