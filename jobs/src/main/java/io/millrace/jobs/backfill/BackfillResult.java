package io.millrace.jobs.backfill;

import io.millrace.jobs.training.TrainingSetResult.History;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a backfill has done.
 *
 * @param savepoint the folder to start the job from
 * @param whole whether it holds all of the job's state, rather than that of the views alone
 * @param millis from its beginning to its end
 */
public record BackfillResult(
    List<View> views, List<History> histories, String savepoint, boolean whole, long millis) {
  public BackfillResult {
    views = List.copyOf(views);
    histories = List.copyOf(histories);
  }

  /**
   * A view.
   *
   * @param rows of history taken in by this run
   * @param keys entities that the history has
   * @param oldest event time taken in; empty without rows
   * @param newest event time taken in; empty without rows
   * @param failed rows on which an expression of the view failed
   */
  public record View(
      String name,
      long rows,
      long keys,
      Optional<Instant> oldest,
      Optional<Instant> newest,
      long failed) {}
}
