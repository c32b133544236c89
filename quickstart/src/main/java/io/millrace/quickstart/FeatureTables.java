package io.millrace.quickstart;

import io.millrace.online.StoredFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Features as a person wants to see them: one table per view. */
final class FeatureTables {

  private final Screen screen;
  private final StoredViews stored;

  FeatureTables(Screen screen, StoredViews stored) {
    this.screen = screen;
    this.stored = stored;
  }

  /**
   * Some entities of each view of the flights pipeline.
   *
   * @param changes planes worth a look: two that were updated and one that was deleted
   */
  void show(PlaneChanges.Result changes) {
    screen.heading("Features, read back from Redis");
    show(
        "carrier_delay",
        List.of("departures_1h", "departures_24h", "delay_mean_24h", "delay_p95_24h", "last_dest"),
        Stream.of("UA", "B6", "DL", "AA", "WN").map(List::of).toList());
    show(
        "route_delay",
        List.of("flights_24h", "flights_7d", "delayed_share_7d", "cancellations_7d", "carriers_7d"),
        Stream.of("JFK,LAX", "LGA,ORD", "EWR,SFO").map(r -> Arrays.asList(r.split(","))).toList());
    show(
        "plane_profile",
        List.of("manufacturer", "model", "year", "engines", "seats"),
        Stream.of(changes.updated().get(0), changes.updated().get(1), changes.deleted().get(0))
            .map(List::of)
            .toList());
    show(
        "manufacturer_fleet",
        List.of("planes", "seats", "seats_mean"),
        Stream.of("BOEING", "AIRBUS", "EMBRAER").map(List::of).toList());
  }

  private void show(String view, List<String> names, List<List<String>> entities) {
    List<String> header = new ArrayList<>(List.of(view));
    header.addAll(names);
    header.add("event time");
    List<List<String>> rows = new ArrayList<>();
    List<Optional<StoredFeatures>> found = stored.read(view, entities);
    for (int i = 0; i < entities.size(); i++) {
      List<String> row = new ArrayList<>(List.of(String.join(",", entities.get(i))));
      Optional<StoredFeatures> features = found.get(i);
      for (String name : names) {
        row.add(features.map(f -> shown(f.values().get(name))).orElse("-"));
      }
      row.add(features.map(f -> f.eventTime().toString()).orElse("deleted"));
      rows.add(row);
    }
    screen.line("");
    screen.table(header, rows);
  }

  private static String shown(Object value) {
    if (value == null) {
      return "-";
    }
    return value instanceof Double number ? "%.2f".formatted(number) : value.toString();
  }
}
