package io.millrace.pipeline;

import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads windows and holds them against the view's hop. */
final class WindowChecks {

  /**
   * Most tiles a window may have. A key that is active in every tile of its widest window keeps
   * that many partial aggregates.
   */
  static final long MAX_TILES = 100_000;

  /** Hops that people choose, in milliseconds. */
  private static final long[] USUAL_HOPS = {
    100,
    1_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    21_600_000,
    86_400_000
  };

  private final Reading reading;
  private final Optional<Duration> hop;
  private final List<Long> lengthsMillis = new ArrayList<>();
  private boolean hasWindows;

  /**
   * @param hop of the view, if it has one that can be read
   */
  WindowChecks(Reading reading, Optional<Duration> hop) {
    this.reading = reading;
    this.hop = hop;
  }

  /** The windows of one aggregation, without those that have problems. */
  List<AggregationSpec.Window> windows(YamlValue aggregation) {
    hasWindows |= aggregation.get("windows").isPresent();
    List<AggregationSpec.Window> windows = new ArrayList<>();
    Map<Duration, String> taken = new HashMap<>();
    for (YamlValue item : reading.scalars(aggregation, "windows")) {
      Optional<Duration> length = Durations.parse(item.text());
      if (length.isEmpty()) {
        continue;
      }
      String other = taken.putIfAbsent(length.get(), item.text());
      if (other != null) {
        reading.report(
            item.problem(
                "the window " + item.text() + " after " + other + ", of the same length",
                "every window once",
                "remove one of the two"));
      } else if (checkLength(item, length.get())) {
        lengthsMillis.add(length.get().toMillis());
        windows.add(new AggregationSpec.Window(item.text(), length.get()));
      }
    }
    return windows;
  }

  private boolean checkLength(YamlValue item, Duration length) {
    if (length.isZero()) {
      reading.report(item.problem("no time at all", "at least one hop", "for example 1h"));
      return false;
    }
    if (hop.isEmpty()) {
      return true;
    }
    long window = length.toMillis();
    long step = hop.get().toMillis();
    if (window % step != 0) {
      reading.report(
          item.problem(
              "the window " + item.text() + " with hop " + Durations.format(hop.get()),
              "a multiple of the hop",
              "use " + multiplesAround(window, step)));
      return false;
    }
    if (window / step > MAX_TILES) {
      reading.report(
          item.problem(
              "the window "
                  + item.text()
                  + " with hop "
                  + Durations.format(hop.get())
                  + ", that is "
                  + window / step
                  + " tiles",
              "at most " + MAX_TILES + " tiles",
              "use a hop of "
                  + Durations.format(Duration.ofMillis(coarsestNeeded(window)))
                  + " or more"));
      return false;
    }
    return true;
  }

  private static String multiplesAround(long window, long step) {
    String above = Durations.format(Duration.ofMillis((window / step + 1) * step));
    String hop = Durations.format(Duration.ofMillis(greatestCommonDivisor(window, step)));
    return (window < step
            ? above
            : Durations.format(Duration.ofMillis(window / step * step)) + " or " + above)
        + ", or a hop of "
        + hop;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** The smallest usual hop that divides the window into few enough tiles. */
  private static long coarsestNeeded(long window) {
    for (long usual : USUAL_HOPS) {
      if (window % usual == 0 && window / usual <= MAX_TILES) {
        return usual;
      }
    }
    return (window + MAX_TILES - 1) / MAX_TILES;
  }

  /** Reports windows without a hop, and a hop without windows. Call after all windows are read. */
  void checkHopOf(YamlValue view) {
    if (hasWindows && view.get("hop").isEmpty()) {
      long divisor = lengthsMillis.stream().reduce(0L, WindowChecks::greatestCommonDivisor);
      String proposal =
          Durations.format(Duration.ofMillis(divisor == 0 ? 60_000 : proposedHop(divisor)));
      reading.report(
          view.problem(
              "windows without hop",
              "hop: the step in which window edges move",
              "add hop: " + proposal));
    }
    if (!hasWindows && view.get("hop").isPresent()) {
      reading.report(
          view.nearest("hop")
              .problem(
                  "a hop, but no aggregation with windows",
                  "hop beside windows",
                  "remove it, or add windows"));
    }
  }

  /** About a sixtieth of the smallest window. */
  private static long proposedHop(long divisor) {
    long best = divisor;
    for (long usual : USUAL_HOPS) {
      if (divisor % usual == 0 && divisor / usual >= 60) {
        best = usual;
      }
    }
    return best;
  }

  /** Whether an operand of a ratio has the ratio's windows; if not, that is reported. */
  boolean checkCovered(
      YamlValue place, AggregationSpec ratio, YamlValue operand, AggregationSpec sibling) {
    List<String> wanted = labels(ratio);
    List<String> missing =
        ratio.windows().stream()
            .filter(
                window ->
                    sibling.windows().stream()
                        .noneMatch(other -> other.length().equals(window.length())))
            .map(AggregationSpec.Window::label)
            .toList();
    boolean bothLifetime = ratio.windows().isEmpty() && sibling.windows().isEmpty();
    if (bothLifetime || (missing.isEmpty() && !ratio.windows().isEmpty())) {
      return true;
    }
    reading.report(
        place
            .nearest("windows")
            .problem(
                wanted.isEmpty() ? "a ratio without windows" : "windows " + wanted,
                "windows that \""
                    + operand.text()
                    + "\" has: "
                    + (sibling.windows().isEmpty() ? "none" : labels(sibling)),
                sibling.windows().isEmpty()
                    ? "give both the same windows"
                    : "write windows: " + labels(sibling)));
    return false;
  }

  private static List<String> labels(AggregationSpec aggregation) {
    return aggregation.windows().stream()
        .map(AggregationSpec.Window::label)
        .collect(Collectors.toList());
  }
}
