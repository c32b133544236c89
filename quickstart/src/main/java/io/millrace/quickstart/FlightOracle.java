package io.millrace.quickstart;

import io.millrace.testkit.Departure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Features computed the slow way, from all flights of an entity: what the streaming engine must
 * agree with.
 *
 * <p>At time {@code t} a window of length {@code w} and hop {@code h} holds the flights with {@code
 * floor(t/h)*h - w + h <= departed_at <= t}.
 */
final class FlightOracle {

  private final Map<String, List<Departure>> byCarrier = new HashMap<>();
  private final Map<String, List<Departure>> byRoute = new HashMap<>();

  FlightOracle(Stream<Departure> flights) {
    flights.forEach(
        flight -> {
          byCarrier.computeIfAbsent(flight.carrier(), key -> new ArrayList<>()).add(flight);
          byRoute
              .computeIfAbsent(flight.origin() + "," + flight.dest(), key -> new ArrayList<>())
              .add(flight);
        });
  }

  List<String> carriers() {
    return byCarrier.keySet().stream().sorted().toList();
  }

  /** As {@code origin,dest}. */
  List<String> routes() {
    return byRoute.keySet().stream().sorted().toList();
  }

  /** The flights of a carrier that took place. */
  Flights ofCarrier(String carrier) {
    return new Flights(
        byCarrier.get(carrier).stream().filter(flight -> !flight.cancelled()).toList());
  }

  /** All flights of a route, cancelled ones too. */
  Flights ofRoute(String route) {
    return new Flights(byRoute.get(route));
  }

  /** Some flights, in order of departure. */
  record Flights(List<Departure> flights) {

    Flights window(Instant at, Duration length, Duration hop) {
      long hopMillis = hop.toMillis();
      long from =
          Math.floorDiv(at.toEpochMilli(), hopMillis) * hopMillis - length.toMillis() + hopMillis;
      return new Flights(
          flights.stream()
              .filter(
                  flight ->
                      flight.departedAt().toEpochMilli() >= from
                          && !flight.departedAt().isAfter(at))
              .toList());
    }

    long count() {
      return flights.size();
    }

    long count(Predicate<Departure> condition) {
      return flights.stream().filter(condition).count();
    }

    /** Null for no values, as SQL says. */
    Double mean(ToIntFunction<Departure> value) {
      return flights.isEmpty()
          ? null
          : flights.stream().mapToInt(value).asLongStream().average().getAsDouble();
    }

    /** By departure; of several at the same time the one with the greatest destination. */
    String lastDestination() {
      return flights.stream()
          .max(Comparator.comparing(Departure::departedAt).thenComparing(Departure::dest))
          .orElseThrow()
          .dest();
    }

    Instant newest() {
      return flights.get(flights.size() - 1).departedAt();
    }
  }
}
