package io.millrace.features;

/**
 * State of an entity of a {@link LatestFunction}: how new the row is that was emitted last, not the
 * row itself.
 *
 * @param eventTimeMillis greatest event time that was emitted
 * @param revision how many vectors were emitted
 * @param deleted whether the last one was a deletion
 */
public record LatestVersion(long eventTimeMillis, long revision, boolean deleted) {}
