package io.millrace.quickstart;

import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.quickstart.FlightOracle.Flights;
import io.millrace.testkit.Departure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds what is stored in Redis against a direct recomputation: windows over all flights, planes
 * against their table.
 */
final class ResultCheck {

  private static final double RELATIVE_ERROR = 1e-9;

  private final Pipeline pipeline;
  private final StoredViews stored;
  private final List<String> problems = new ArrayList<>();
  private int valuesCompared;

  ResultCheck(Pipeline pipeline, StoredViews stored) {
    this.pipeline = pipeline;
    this.stored = stored;
  }

  /** What differs, in words; empty when everything is right. */
  List<String> problems() {
    return problems;
  }

  int valuesCompared() {
    return valuesCompared;
  }

  /** The views {@code carrier_delay} and {@code route_delay}; returns the number of entities. */
  int checkFlights(FlightOracle oracle) {
    for (String carrier : oracle.carriers()) {
      Flights flights = oracle.ofCarrier(carrier);
      stored("carrier_delay", List.of(carrier), flights.newest())
          .ifPresent(features -> checkCarrier(features, flights));
    }
    for (String route : oracle.routes()) {
      Flights flights = oracle.ofRoute(route);
      stored("route_delay", Arrays.asList(route.split(",")), flights.newest())
          .ifPresent(features -> checkRoute(features, flights));
    }
    return oracle.carriers().size() + oracle.routes().size();
  }

  private Optional<StoredFeatures> stored(String view, List<String> entity, Instant newest) {
    Optional<StoredFeatures> features = stored.read(view, List.of(entity)).get(0);
    if (features.isEmpty()) {
      problems.add(view + " " + entity + " is not in Redis");
    } else if (features.get().eventTime().isBefore(newest)) {
      problems.add(
          "%s %s is of %s, but its newest flight is of %s"
              .formatted(view, entity, features.get().eventTime(), newest));
      return Optional.empty();
    }
    return features;
  }

  private void checkCarrier(StoredFeatures features, Flights flights) {
    for (String window : List.of("1h", "6h", "24h")) {
      Flights in = window(features, flights, window);
      compare(features, "departures_" + window, in.count());
      compare(
          features,
          "delay_mean_" + window,
          in.mean(flight -> flight.depDelayMinutes().orElseThrow()));
    }
    compare(features, "last_dest", flights.lastDestination());
  }

  private void checkRoute(StoredFeatures features, Flights flights) {
    for (String window : List.of("24h", "7d")) {
      Flights in = window(features, flights, window);
      long delayed = in.count(flight -> flight.depDelayMinutes().orElse(0) >= 15);
      compare(features, "flights_" + window, in.count());
      compare(features, "delayed_" + window, delayed);
      if (in.count() > 0) {
        compare(features, "delayed_share_" + window, (double) delayed / in.count());
        compare(features, "cancellations_" + window, in.count(Departure::cancelled));
      }
    }
  }

  private Flights window(StoredFeatures features, Flights flights, String window) {
    Duration hop = pipeline.featureView(features.view()).map(FeatureViewSpec::hop).orElseThrow();
    Duration length =
        window.endsWith("d")
            ? Duration.ofDays(Long.parseLong(window.substring(0, window.length() - 1)))
            : Duration.ofHours(Long.parseLong(window.substring(0, window.length() - 1)));
    return flights.window(features.eventTime(), length, hop);
  }

  /** The view {@code plane_profile}: every plane of the table; returns their number. */
  int checkPlanes(Connection postgres) throws SQLException {
    Map<String, Map<String, Object>> expected =
        table(
            postgres,
            "SELECT tailnum, manufacturer, model, year, engines, seats FROM public.planes");
    check("plane_profile", expected);
    return expected.size();
  }

  /** The view {@code manufacturer_fleet}, against SQL; returns the number of manufacturers. */
  int checkFleets(Connection postgres) throws SQLException {
    Map<String, Map<String, Object>> expected =
        table(
            postgres,
            """
            SELECT manufacturer, count(*) AS planes, sum(seats) AS seats,
                   avg(seats)::double precision AS seats_mean
            FROM public.planes WHERE manufacturer IS NOT NULL GROUP BY manufacturer""");
    check("manufacturer_fleet", expected);
    return expected.size();
  }

  /** Entities that must not be found any more. */
  void checkGone(String view, List<String> entities) {
    List<Optional<StoredFeatures>> found =
        stored.read(view, entities.stream().map(List::of).toList());
    for (int i = 0; i < entities.size(); i++) {
      valuesCompared++;
      if (found.get(i).isPresent()) {
        problems.add(view + " " + entities.get(i) + " was deleted, but is in Redis");
      }
    }
  }

  private static Map<String, Map<String, Object>> table(Connection postgres, String sql)
      throws SQLException {
    Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
    try (Statement statement = postgres.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int column = 2; column <= result.getMetaData().getColumnCount(); column++) {
          row.put(result.getMetaData().getColumnLabel(column), result.getObject(column));
        }
        rows.put(result.getString(1), row);
      }
    }
    return rows;
  }

  private void check(String view, Map<String, Map<String, Object>> expected) {
    List<String> keys = List.copyOf(expected.keySet());
    List<Optional<StoredFeatures>> found = stored.read(view, keys.stream().map(List::of).toList());
    for (int i = 0; i < keys.size(); i++) {
      if (found.get(i).isEmpty()) {
        problems.add(view + " " + keys.get(i) + " is not in Redis");
      } else {
        StoredFeatures features = found.get(i).get();
        expected.get(keys.get(i)).forEach((name, value) -> compare(features, name, value));
      }
    }
  }

  private void compare(StoredFeatures features, String name, Object expected) {
    valuesCompared++;
    Object found = features.values().get(name);
    if (!same(expected, found)) {
      problems.add(
          "%s %s: %s is %s, recomputed %s"
              .formatted(features.view(), features.entity().values(), name, found, expected));
    }
  }

  private static boolean same(Object expected, Object found) {
    if (expected instanceof Number one && found instanceof Number other) {
      double difference = Math.abs(one.doubleValue() - other.doubleValue());
      return difference <= RELATIVE_ERROR * Math.max(1, Math.abs(one.doubleValue()));
    }
    return java.util.Objects.equals(expected, found);
  }
}
