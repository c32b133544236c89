package io.millrace.jobs.consistency;

import io.millrace.online.FeatureComparison.Difference;
import java.time.Instant;
import java.util.List;

/**
 * What a comparison of a view has found.
 *
 * @param entities that the store has
 * @param compared entities that were recomputed and judged: {@code equal + different + missing}
 * @param equal entities of which every feature is what the history says
 * @param different entities of which at least one is not
 * @param missing entities that are served, but of which the history knows nothing at their time
 * @param notYetInHistory entities that are newer than what has come to the history for certain;
 *     they were not judged
 * @param changedMeanwhile entities that differed, and were written again when they were looked at
 *     once more; they were not judged
 * @param values that were compared
 * @param examples the first entities that are not equal
 * @param histories what was recomputed from
 */
public record ConsistencyResult(
    long entities,
    long compared,
    long equal,
    long different,
    long missing,
    long notYetInHistory,
    long changedMeanwhile,
    long values,
    List<Example> examples,
    List<String> histories) {

  /** Of a view of which the store has nothing that could be compared. */
  static ConsistencyResult nothing(long entities) {
    return new ConsistencyResult(entities, 0, 0, 0, 0, 0, 0, 0, List.of(), List.of());
  }

  /**
   * An entity that is not what it should be.
   *
   * @param at its event time in the store, for which it was recomputed
   * @param differences empty when the history knows nothing of it
   */
  public record Example(String entity, Instant at, List<Difference> differences) {}

  /** Whether anything is served that the history does not say. */
  public boolean isSkewed() {
    return different > 0 || missing > 0;
  }
}
