package io.millrace.quickstart.faults;

import io.millrace.quickstart.Home;
import io.millrace.quickstart.PointContent;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.faults.VectorRun.Disturbance;
import io.millrace.quickstart.faults.VectorRun.Outcome;
import io.millrace.testkit.FlightData;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The drill of vectors: whatever fails, and however often changes come, the points are in the end
 * those of a run in which nothing failed and every change came once.
 */
final class VectorsFaults {

  private static final long SEED = 20_130_101;

  /** At least: a short drill is one of few planes. */
  private static final int CHANGES_PER_PLANE = 4;

  private final Home home;
  private final Screen screen;
  private final int changesPerSecond;
  private final int limit;
  private final boolean keep;

  VectorsFaults(Home home, Screen screen, int changesPerSecond, int limit, boolean keep) {
    this.home = home;
    this.screen = screen;
    this.changesPerSecond = changesPerSecond;
    this.limit = limit;
    this.keep = keep;
  }

  /** Runs twice and compares; false if anything differs. */
  boolean run() {
    List<String[]> planes = FlightData.in(home.flightData()).planes();
    PlaneHistory history =
        new PlaneHistory(
            planes.subList(0, Math.min(planes.size(), Math.max(1, limit / CHANGES_PER_PLANE))),
            limit,
            SEED);
    screen.title(
        "Millrace faults",
        "%,d changes of planes at %,d/s, seed %d, twice: undisturbed, and with things broken"
            .formatted(history.changes().size(), changesPerSecond, SEED));
    Outcome undisturbed = run("undisturbed", history, List.of());
    Outcome disturbed =
        run(
            "disturbed",
            history,
            List.of(
                new Disturbance("kill -9 of a TaskManager", run -> run.job().killTaskManager()),
                new Disturbance("kill -9 of Qdrant", VectorRun::restartQdrant),
                new Disturbance("replay of the topic", VectorRun::replay)));
    return compare(history, undisturbed, disturbed);
  }

  private Outcome run(String name, PlaneHistory history, List<Disturbance> disturbances) {
    return DrillCluster.run(
        home,
        screen,
        name,
        keep,
        cluster -> {
          long start = System.nanoTime();
          try (VectorRun run = new VectorRun(home, screen, cluster)) {
            Outcome outcome = run.run(history.changes(), changesPerSecond, disturbances);
            screen.done(
                "settled",
                "%,d points, %,d deleted, %.0f s"
                    .formatted(
                        outcome.points().points().size(),
                        outcome.tombstones().points().size(),
                        (System.nanoTime() - start) / 1e9));
            return outcome;
          }
        });
  }

  private boolean compare(PlaneHistory history, Outcome undisturbed, Outcome disturbed) {
    screen.heading("compared");
    boolean asTold =
        same("history", Comparison.ofValues(history.seats(), seats(undisturbed.points())));
    boolean tombstones =
        same("deleted", Comparison.ofPoints(undisturbed.tombstones(), disturbed.tombstones()));
    Comparison points = Comparison.ofPoints(undisturbed.points(), disturbed.points());
    boolean good = same("points", points) && asTold && tombstones && points.keysCompared() > 0;
    screen.line("");
    screen.line(
        "points_compared=%d differing=%d".formatted(points.keysCompared(), points.differingKeys()));
    return good;
  }

  /** What the points say that the history says, too. */
  private static Map<String, String> seats(PointContent content) {
    Map<String, String> seats = new TreeMap<>();
    for (Map<String, String> point : content.points().values()) {
      seats.put(point.get("tailnum"), point.getOrDefault("seats", "null"));
    }
    return seats;
  }

  private boolean same(String what, Comparison comparison) {
    comparison.differences().stream()
        .limit(10)
        .forEach(difference -> screen.failed(what, difference));
    if (comparison.differences().isEmpty()) {
      screen.done(what, "%,d, all the same".formatted(comparison.keysCompared()));
    }
    return comparison.differences().isEmpty();
  }
}
