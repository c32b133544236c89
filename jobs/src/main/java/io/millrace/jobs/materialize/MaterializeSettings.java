package io.millrace.jobs.materialize;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is materialized.
 *
 * @param at the time as of which entities are computed; empty: the newest event of each view's
 *     source
 * @param changedSince only entities that changed at or after this time, by an event or because one
 *     left a window; empty: all
 * @param history files by source; a source that is not named is read from the pipeline's offline
 *     store if that has it, else from its topic
 * @param dryRun compute and count, but write nothing
 */
public record MaterializeSettings(
    Optional<Instant> at,
    Optional<Instant> changedSince,
    Map<String, List<Path>> history,
    boolean dryRun) {
  public MaterializeSettings {
    history = Map.copyOf(history);
  }
}
