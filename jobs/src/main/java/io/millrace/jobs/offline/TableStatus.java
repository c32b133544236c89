package io.millrace.jobs.offline;

import java.time.Instant;
import java.util.Optional;

/**
 * What a history table is made of at its newest snapshot.
 *
 * @param content in one word: events, changes, state or vectors
 * @param rows deleted ones that are still in a file included
 * @param dataFiles files with rows
 * @param deleteFiles files that say which of those rows are gone
 * @param smallFiles data files that compaction would join with others
 * @param bytes of all these files
 * @param snapshots versions that can still be read
 * @param committed when the newest was made
 */
public record TableStatus(
    String table,
    String content,
    long rows,
    long dataFiles,
    long deleteFiles,
    long smallFiles,
    long bytes,
    int snapshots,
    Optional<Instant> committed) {}
