package io.millrace.jobs.offline;

import io.millrace.offline.TableLayout;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.actions.RewriteDataFilesActionResult;
import org.apache.iceberg.flink.actions.Actions;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Upkeep of history tables: joins small files, lets old snapshots go, removes files that nothing
 * refers to. Safe while the pipeline's job writes: everything is a commit like others, and one that
 * meets another is tried again or given up without a trace.
 */
public final class OfflineUpkeep implements Closeable {

  /** Files of this size are left alone, and joined files have about this size. */
  public static final long TARGET_BYTES = 128L << 20;

  /** The property of a snapshot that says which Flink job made it. */
  private static final String JOB = "flink.job-id";

  private final OfflineCatalog catalog;
  private final OfflineSpec spec;
  private final List<String> tables;

  private OfflineUpkeep(OfflineCatalog catalog, OfflineSpec spec, List<String> tables) {
    this.catalog = catalog;
    this.spec = spec;
    this.tables = tables;
  }

  /**
   * Opens the tables of a pipeline that has {@code offline}.
   *
   * @throws IOException when the catalog does not answer
   */
  public static OfflineUpkeep open(Pipeline pipeline) throws IOException {
    OfflineSpec spec = pipeline.offline().orElseThrow();
    List<String> tables =
        OfflineTables.layouts(pipeline).stream()
            .map(TableLayout::table)
            .map(OfflineSpec.Table::name)
            .toList();
    try {
      return new OfflineUpkeep(OfflineCatalog.open(spec, pipeline.name()), spec, tables);
    } catch (RuntimeException unavailable) {
      throw new IOException(
          "the catalog of "
              + spec.warehouse()
              + " cannot be opened: "
              + OfflineCatalog.reason(unavailable),
          unavailable);
    }
  }

  /** Names of the pipeline's tables, made or not. */
  public List<String> tables() {
    return tables;
  }

  /** What a table is made of; empty when it was not made yet. */
  public Optional<TableStatus> status(String name) throws IOException {
    Optional<Table> found = table(name);
    try {
      return found.isEmpty() ? Optional.empty() : Optional.of(status(name, found.get()));
    } catch (RuntimeException unreadable) {
      throw unreadable(name, unreadable);
    }
  }

  private Optional<Table> table(String name) throws IOException {
    try {
      return catalog.table(name);
    } catch (RuntimeException unreadable) {
      throw unreadable(name, unreadable);
    }
  }

  private static IOException unreadable(String table, RuntimeException failure) {
    return new IOException(
        "table " + table + " cannot be read: " + OfflineCatalog.reason(failure), failure);
  }

  private static TableStatus status(String name, Table table) throws IOException {
    Snapshot current = table.currentSnapshot();
    Map<String, String> summary = current == null ? Map.of() : current.summary();
    return new TableStatus(
        name,
        table.properties().getOrDefault("millrace.content", ""),
        number(summary, "total-records"),
        number(summary, "total-data-files"),
        number(summary, "total-delete-files"),
        smallFiles(table),
        number(summary, "total-files-size"),
        (int) StreamSupport.stream(table.snapshots().spliterator(), false).count(),
        Optional.ofNullable(current).map(it -> Instant.ofEpochMilli(it.timestampMillis())));
  }

  private static long number(Map<String, String> summary, String key) {
    return Long.parseLong(summary.getOrDefault(key, "0"));
  }

  /** Data files that share their partition with another one and are below the target. */
  private static long smallFiles(Table table) throws IOException {
    Map<String, Integer> byPartition = new HashMap<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (task.file().fileSizeInBytes() < TARGET_BYTES * 3 / 4) {
          byPartition.merge(task.spec().partitionToPath(task.partition()), 1, Integer::sum);
        }
      }
    }
    return byPartition.values().stream().filter(files -> files > 1).mapToInt(it -> it).sum();
  }

  /**
   * What compaction did.
   *
   * @param before data files that were joined
   * @param after data files that they became
   */
  public record Compaction(int before, int after) {}

  /**
   * Joins the small files of each partition, and drops the rows that deletions have marked. Runs as
   * a Flink job in this process; reads what it joins once.
   *
   * @throws IOException when the files cannot be read or written, or when other writers were faster
   *     again and again
   */
  public Compaction compact(String name, int parallelism) throws IOException {
    Table table = table(name).orElse(null);
    if (table == null || table.currentSnapshot() == null) {
      return new Compaction(0, 0);
    }
    Configuration flink = new Configuration();
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, flink);
    env.setRuntimeMode(RuntimeExecutionMode.BATCH);
    try {
      RewriteDataFilesActionResult result =
          Actions.forTable(env, table)
              .rewriteDataFiles()
              .maxParallelism(parallelism)
              .targetSizeInBytes(TARGET_BYTES)
              // Results are cut by bytes alone: Iceberg would count each file, and each deletion
              // that concerns it, as 4 MB, and small files with many deletions never became one.
              .splitOpenFileCost(1)
              // Deletions that come meanwhile reach the joined files as they reached the old ones.
              .useStartingSequenceNumber(true)
              .execute();
      return new Compaction(result.deletedDataFiles().size(), result.addedDataFiles().size());
    } catch (RuntimeException failed) {
      throw new IOException(
          "table " + name + " stays as it was: " + OfflineCatalog.reason(failed), failed);
    }
  }

  /**
   * What was let go.
   *
   * @param snapshots that can no longer be read
   * @param files removed with them
   * @param orphans files that no snapshot refers to
   */
  public record Expiry(int snapshots, int files, int orphans) {}

  /**
   * Lets snapshots go, and the files that only they refer to; then files that none refers to.
   *
   * <p>The newest snapshot that a job made stays, with all after it: the job finds in it what it
   * has committed already.
   *
   * @param keep snapshots of this age and younger stay
   * @param keepLast so many snapshots stay whatever their age
   * @param orphanAge files that nothing refers to stay until they are this old: a job may be about
   *     to commit them
   */
  public Expiry expire(String name, Duration keep, int keepLast, Duration orphanAge, Instant now)
      throws IOException {
    Table table = table(name).orElse(null);
    if (table == null) {
      return new Expiry(0, 0, 0);
    }
    List<Snapshot> snapshots = new ArrayList<>();
    table.snapshots().forEach(snapshots::add);
    long cutoff = now.minus(keep).toEpochMilli();
    Snapshot ofAJob = newestOfAJob(snapshots);
    if (ofAJob != null) {
      cutoff = Math.min(cutoff, ofAJob.timestampMillis());
    }
    List<String> removed = new ArrayList<>();
    try {
      ExpireSnapshots expiry =
          table
              .expireSnapshots()
              .expireOlderThan(cutoff)
              .retainLast(Math.max(1, keepLast))
              .deleteWith(
                  file -> {
                    table.io().deleteFile(file);
                    synchronized (removed) {
                      removed.add(file);
                    }
                  });
      int expired = expiry.apply().size();
      if (expired > 0) {
        expiry.commit();
      }
      return new Expiry(expired, removed.size(), OrphanFiles.remove(table, now.minus(orphanAge)));
    } catch (RuntimeException failed) {
      throw new IOException("table " + name + ": " + OfflineCatalog.reason(failed), failed);
    }
  }

  private static Snapshot newestOfAJob(List<Snapshot> snapshots) {
    return snapshots.stream()
        .filter(snapshot -> snapshot.summary().containsKey(JOB))
        .reduce((one, other) -> other.sequenceNumber() >= one.sequenceNumber() ? other : one)
        .orElse(null);
  }

  /** For messages. */
  public String place() {
    return spec.warehouse();
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
