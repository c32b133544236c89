package io.millrace.jobs.materialize;

import io.millrace.jobs.training.TrainingSetResult.History;
import java.time.Instant;
import java.util.List;

/** What became of the entities of each view. */
public record MaterializeResult(
    List<View> views, List<History> histories, boolean dryRun, long millis) {

  /**
   * A view that was materialized. Of a run that writes, {@code entities + deleted = written + older
   * + refused + skipped}.
   *
   * @param at as of when
   * @param events that were taken in
   * @param entities that have features at that time
   * @param deleted entities whose last row says that they are no more; the store is told, too
   * @param expired entities that the view's TTL had let go by then; nothing is written of them
   * @param unchanged entities that did not change in the time asked for; nothing is written
   * @param written vectors that the store has taken
   * @param older vectors that are older than what the store has
   * @param refused vectors that the store does not take
   * @param skipped vectors whose entity has no key in the layout
   * @param failed events on which an expression of the view failed
   * @param reasons why the first of them were refused
   */
  public record View(
      String name,
      Instant at,
      long events,
      long entities,
      long deleted,
      long expired,
      long unchanged,
      long written,
      long older,
      long refused,
      long skipped,
      long failed,
      List<String> reasons) {}

  /** Whether the store refused anything. */
  public boolean isPartial() {
    return views.stream().anyMatch(view -> view.refused() > 0);
  }
}
