package io.millrace.records;

import java.util.List;

/**
 * One round of comparing what the online store serves of a view with what the history says.
 *
 * @param atMillis when the round began
 * @param durationMillis how long it took
 * @param entities that the store has of the view
 * @param compared entities that were recomputed and compared: {@code equal + different + missing}
 * @param equal entities of which every feature is what the history says
 * @param different entities of which at least one is not
 * @param missing entities of which the history knows nothing at the time that is served
 * @param notYetInHistory entities that are newer than what the history is known to hold, which were
 *     not compared
 * @param changedMeanwhile entities that differed and that were written again before the round
 *     ended, which were not compared
 * @param values features of the entities that were compared
 * @param histories what was recomputed from, in words
 * @param failure why the round could not be finished; empty when it was
 */
public record ConsistencyRound(
    String pipeline,
    String view,
    long atMillis,
    long durationMillis,
    long entities,
    long compared,
    long equal,
    long different,
    long missing,
    long notYetInHistory,
    long changedMeanwhile,
    long values,
    List<String> histories,
    String failure) {

  /** How a round ended. */
  public enum Outcome {
    /** Everything that was compared is what the history says. */
    EQUAL,
    /** Something is served that the history does not say. */
    SKEWED,
    /** The store or the history could not be read. */
    FAILED
  }

  public ConsistencyRound {
    histories = List.copyOf(histories);
  }

  /** A round that could not be finished. */
  public static ConsistencyRound failed(
      String pipeline, String view, long atMillis, long durationMillis, String failure) {
    return new ConsistencyRound(
        pipeline, view, atMillis, durationMillis, 0, 0, 0, 0, 0, 0, 0, 0, List.of(), failure);
  }

  public Outcome outcome() {
    if (!failure.isEmpty()) {
      return Outcome.FAILED;
    }
    return different > 0 || missing > 0 ? Outcome.SKEWED : Outcome.EQUAL;
  }
}
