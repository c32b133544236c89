package io.millrace.jobs.consistency;

import io.millrace.online.FeatureComparison.Difference;
import java.time.Instant;
import java.util.List;

/**
 * What a comparison of a view has found.
 *
 * @param entities that the store has
 * @param compared of them
 * @param equal entities of which every feature is what the history says
 * @param different entities of which at least one is not
 * @param missing entities that are served, but of which the history knows nothing at their time
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
    long values,
    List<Example> examples,
    List<String> histories) {

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
