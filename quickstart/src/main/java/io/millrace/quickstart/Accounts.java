package io.millrace.quickstart;

import io.millrace.pipeline.Pipeline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What was sent and what has become of it: every record, row and value of a run. */
final class Accounts {

  private final Home home;
  private final Screen screen;
  private final FlightData data;
  private final Services services;
  private final Pipeline pipeline;
  private final long limit;
  private final JobCounters counters = JobCounters.ofThisJvm();

  /**
   * What a run has sent.
   *
   * @param produced records of flights
   * @param seconds until all of it was in the stores
   */
  record Sent(
      PlaneChanges.Result changes, long produced, DriftEpisode.Result drifted, double seconds) {}

  /**
   * @param limit most flights of the year that are sent
   */
  Accounts(
      Home home, Screen screen, FlightData data, Services services, Pipeline pipeline, long limit) {
    this.home = home;
    this.screen = screen;
    this.data = data;
    this.services = services;
    this.pipeline = pipeline;
    this.limit = limit;
  }

  /**
   * Shows the counts, and what is wrong.
   *
   * @param vectors empty where there is no Qdrant
   * @return whether nothing is
   */
  boolean addUp(Sent sent, StoredViews stored, Optional<PlaneVectors> vectors)
      throws SQLException, IOException, InterruptedException {
    DriftEpisode.Result drifted = sent.drifted();
    ResultCheck check = new ResultCheck(pipeline, stored);
    int entities;
    int planes;
    int fleets;
    try (Stream<Departure> flights = data.flights().limit(limit);
        Connection postgres = services.postgres().connect()) {
      entities = check.checkFlights(new FlightOracle(flights));
      planes = check.checkPlanes(postgres);
      check.checkGone("plane_profile", sent.changes().deleted());
      fleets = check.checkFleets(postgres);
    }
    long rows = counters.counted("rows");
    long deadLetters = counters.counted("deadLetters");
    DeadLetterCount letters =
        DeadLetterCount.await(
            services.kafka().bootstrapServers(), pipeline.topics().deadLetters(), deadLetters);
    List<String> problems = new ArrayList<>(check.problems());
    if (vectors.isPresent()) {
      problems.addAll(vectors.get().check(screen));
    }
    screen.heading("Counts");
    screen.line("");
    screen.table(
        List.of("", "count", ""),
        List.of(
            List.of("records produced", "%,d".formatted(sent.produced()), "to topic flights"),
            List.of(
                "rows",
                "%,d".formatted(rows),
                drifted.replayed() == 0 ? "" : drifted.replayed() + " of them replayed"),
            List.of("dead letters", "%,d".formatted(deadLetters), letters.inWords()),
            List.of("planes", "%,d".formatted(planes), "in Postgres, and as many in Redis"),
            List.of(
                "vectors written",
                "%,d".formatted(counters.sum("writes")),
                "%.1f s".formatted(sent.seconds())),
            List.of(
                "values checked",
                "%,d".formatted(check.valuesCompared()),
                "recomputed for %d carriers and routes, %,d planes, %d manufacturers"
                    .formatted(entities, planes, fleets))));
    screen.line("");
    problems.addAll(drift(drifted));
    // The last flights came in other forms, which the contract file does not know.
    long plain =
        Math.min(limit, FlightData.FLIGHTS)
            - (drifted == DriftEpisode.Result.NONE ? 0 : DriftEpisode.FLIGHTS);
    problems.addAll(
        TrainingEpisode.run(
            data, pipeline, plain, home.var().resolve("quickstart"), home.root(), screen));
    if (sent.produced() + drifted.replayed() != rows + deadLetters) {
      problems.add(
          "%,d records produced and %d replayed, but %,d rows and %,d dead letters"
              .formatted(sent.produced(), drifted.replayed(), rows, deadLetters));
    }
    int refused = FlightProducer.BROKEN_RECORDS + drifted.quarantined();
    if (deadLetters != refused) {
      problems.add(
          "%d records sent that are to be refused, but %,d dead letters"
              .formatted(refused, deadLetters));
    }
    if (letters.total() != deadLetters) {
      problems.add(
          "%,d dead letters were counted, but their topic holds %,d"
              .formatted(deadLetters, letters.total()));
    }
    problems.stream().limit(20).forEach(problem -> screen.failed("differs", problem));
    if (problems.isEmpty()) {
      screen.done("good", "everything adds up");
    } else {
      screen.failed("bad", "%,d things do not add up".formatted(problems.size()));
    }
    return problems.isEmpty();
  }

  /** Shows what the drift monitors said, writes the report, and returns what does not add up. */
  private List<String> drift(DriftEpisode.Result drifted) {
    Path file = home.var().resolve("quickstart").resolve("drift.html");
    try (Stream<Departure> flights = data.flights().limit(limit)) {
      DriftFindings findings =
          DriftFindings.await(services.kafka().bootstrapServers(), pipeline, drifted.live(flights));
      findings.show(screen);
      findings.write(file);
      screen.done("report", home.root().relativize(file) + "  (open it in a browser)");
      screen.line("");
      return findings.problems();
    } catch (IOException failure) {
      return List.of("the drift report could not be written: " + failure.getMessage());
    }
  }
}
