package io.millrace.jobs.offline;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Files in a table's folder that no snapshot refers to: what a job that was killed had begun to
 * write. Cost: one listing of the folder, and one reading of each manifest.
 */
final class OrphanFiles {
  private OrphanFiles() {}

  /**
   * Removes those that were last written before a time.
   *
   * @return how many
   */
  static int remove(Table table, Instant before) throws IOException {
    if (!(table.io() instanceof SupportsPrefixOperations storage)) {
      return 0;
    }
    List<String> old = new ArrayList<>();
    for (FileInfo file : storage.listPrefix(table.location())) {
      if (file.createdAtMillis() < before.toEpochMilli() && !isHidden(file.location())) {
        old.add(file.location());
      }
    }
    if (old.isEmpty()) {
      return 0;
    }
    // After the listing: what was committed in between is found here.
    table.refresh();
    Set<String> reachable = reachable(table);
    int removed = 0;
    for (String file : old) {
      if (!reachable.contains(path(file))) {
        table.io().deleteFile(file);
        removed++;
      }
    }
    return removed;
  }

  /** Locks, checksums and other files of the storage's own. */
  private static boolean isHidden(String file) {
    return new Path(file).getName().startsWith(".");
  }

  private static Set<String> reachable(Table table) throws IOException {
    Set<String> reachable = new HashSet<>();
    ReachableFileUtil.metadataFileLocations(table, true).forEach(it -> reachable.add(path(it)));
    ReachableFileUtil.manifestListLocations(table).forEach(it -> reachable.add(path(it)));
    ReachableFileUtil.statisticsFilesLocations(table).forEach(it -> reachable.add(path(it)));
    reachable.add(path(ReachableFileUtil.versionHintLocation(table)));
    Set<String> read = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (read.add(manifest.path())) {
          reachable.add(path(manifest.path()));
          addFiles(table, manifest, reachable);
        }
      }
    }
    return reachable;
  }

  private static void addFiles(Table table, ManifestFile manifest, Set<String> reachable)
      throws IOException {
    try (ManifestReader<? extends ContentFile<?>> files =
        switch (manifest.content()) {
          case DATA -> ManifestFiles.read(manifest, table.io(), table.specs());
          case DELETES -> ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs());
        }) {
      for (ContentFile<?> file : files) {
        reachable.add(path(file.location()));
      }
    }
  }

  /** Without scheme and host, which are written in several ways. */
  private static String path(String location) {
    return new Path(location).toUri().getPath();
  }
}
