package io.millrace.features;

/**
 * State of an entity of a {@link LatestFunction}: how new its row is, not the row itself.
 *
 * @param eventTimeMillis greatest event time of a change
 * @param revision how many changes there were
 * @param deleted whether the last one was a deletion
 * @param heldBack whether it is still to be emitted
 */
public record LatestVersion(
    long eventTimeMillis, long revision, boolean deleted, boolean heldBack) {}
