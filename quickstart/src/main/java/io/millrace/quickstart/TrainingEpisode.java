package io.millrace.quickstart;

import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.LocalBatchFlink;
import io.millrace.jobs.training.TrainingSet;
import io.millrace.jobs.training.TrainingSetResult;
import io.millrace.jobs.training.TrainingSetSettings;
import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import io.millrace.training.TrainingRequest;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes a training set of the flights that were sent: did a flight arrive late, and what was known
 * of its airline and its route when it left. The history is the topic itself.
 */
final class TrainingEpisode {
  private static final int EVERY = 100;
  private static final int LATE_MINUTES = 15;
  private static final List<String> FEATURES =
      List.of(
          "carrier_delay:departures_24h",
          "carrier_delay:delay_mean_1h",
          "carrier_delay:delay_mean_24h",
          "route_delay:delayed_share_24h",
          "route_delay:delayed_share_7d");

  private TrainingEpisode() {}

  /**
   * Runs it.
   *
   * @param limit how many flights of the year were sent
   * @return what is wrong with the set; empty as a rule
   */
  static List<String> run(
      FlightData data, Pipeline pipeline, long limit, Path dir, Path shownFrom, Screen screen)
      throws IOException, InterruptedException {
    Path spine = dir.resolve("labels.csv");
    Path out = dir.resolve("training.parquet");
    long asked = writeLabels(data, limit, spine);
    TrainingSet set =
        TrainingSet.prepare(
            pipeline,
            TrainingRequest.parse("at", List.of("carrier", "origin", "dest"), FEATURES),
            new TrainingSetSettings(spine, out, true, Map.of()));
    TrainingSetResult result;
    try (BatchFlink flink = LocalBatchFlink.of(2, set.exchanges())) {
      result = set.run(flink, progress -> {});
    }
    screen.done(
        "training",
        "%,d flights with a label and %d features as they were at departure, %.1f s  (%s)"
            .formatted(
                result.rows(),
                result.columns().size(),
                result.millis() / 1e3,
                shownFrom.relativize(out)));
    long unknown = result.views().stream().mapToLong(TrainingSetResult.View::unknown).sum();
    // Each flight that is asked about has itself departed by then.
    return result.rows() == asked && unknown == 0
        ? List.of()
        : List.of(
            "%,d rows were asked for and %,d written, of which %,d had no event"
                .formatted(asked, result.rows(), unknown));
  }

  /** Every so many flights that arrived one, with its departure and whether it came late. */
  private static long writeLabels(FlightData data, long limit, Path spine) throws IOException {
    long rows = 0;
    long arrived = 0;
    try (Stream<Departure> flights = data.flights().limit(limit);
        BufferedWriter out = Files.newBufferedWriter(spine)) {
      out.write("carrier,origin,dest,at,arrived_late\n");
      for (Iterator<Departure> each = flights.iterator(); each.hasNext(); ) {
        Departure flight = each.next();
        if (flight.arrDelayMinutes().isEmpty() || arrived++ % EVERY != 0) {
          continue;
        }
        out.write(
            "%s,%s,%s,%s,%s%n"
                .formatted(
                    flight.carrier(),
                    flight.origin(),
                    flight.dest(),
                    flight.departedAt(),
                    flight.arrDelayMinutes().getAsInt() >= LATE_MINUTES));
        rows++;
      }
    }
    return rows;
  }
}
