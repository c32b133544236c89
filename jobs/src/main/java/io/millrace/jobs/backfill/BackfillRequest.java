package io.millrace.jobs.backfill;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to begin with its history, and where that goes.
 *
 * @param views names; empty: those with {@code bootstrap: offline}
 * @param into the savepoint of the job that is to go on with the views; empty: a savepoint of the
 *     views alone is written, for a job that starts empty or as a baseline of a later backfill
 * @param baseline what an earlier backfill wrote; empty: that of {@link Backfill#defaultOut}, if it
 *     is there
 * @param out the folder to write; empty: {@link Backfill#defaultOut}, or one beside {@code into}
 * @param files of sources, which hold all their rows before {@code to}
 * @param from the first event time that counts; empty: whatever the views need
 * @param to where files end and the topic goes on
 * @param maxParallelism key groups of a job that starts empty
 */
public record BackfillRequest(
    List<String> views,
    Optional<String> into,
    Optional<Path> baseline,
    Optional<Path> out,
    Map<String, List<Path>> files,
    Optional<Instant> from,
    Optional<Instant> to,
    int maxParallelism) {
  /** That of Flink for jobs of up to 85 tasks side by side. */
  public static final int DEFAULT_MAX_PARALLELISM = 128;
}
