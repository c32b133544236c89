package io.millrace.jobs.training;

import io.millrace.ingest.ContractOverlay;
import io.millrace.jobs.sources.SourceGuard;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.jobs.tables.TableException;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that hold a source's history, in the contract's form, and the parts in which they are
 * read. Text files that are not packed are cut at lines, Parquet files at row groups.
 */
final class HistoryFiles {
  private static final long SPLIT_BYTES = 16 << 20;

  /** How a file's records are written. */
  enum Form {
    /** One JSON object a line. */
    JSON_LINES,
    /** With a line of names. */
    CSV,
    PARQUET;

    /** The form of a file by its name; null for a name that tells of none. */
    static Form of(String file) {
      String name = file.endsWith(".gz") ? file.substring(0, file.length() - 3) : file;
      if (name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")) {
        return JSON_LINES;
      }
      if (name.endsWith(".csv")) {
        return CSV;
      }
      return file.endsWith(".parquet") ? PARQUET : null;
    }
  }

  private HistoryFiles() {}

  /**
   * Finds the files, and what keeps them from being read.
   *
   * @param version of the contract by which records are decided
   * @param paths files, and folders of files
   * @param problems takes what is wrong
   */
  static List<Path> find(
      Source source, ContractOverlay version, List<Path> paths, List<String> problems) {
    if (source.eventTime().field().isEmpty()) {
      problems.add(
          ("source %s has no event_time field: its events have the time of their Kafka records or"
                  + " database changes, which files do not hold; name a field in the pipeline file,"
                  + " or leave --history away and read the topic")
              .formatted(source.name()));
    }
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> inside = Files.list(path)) {
          List<Path> known = inside.filter(it -> Form.of(it.toString()) != null).sorted().toList();
          files.addAll(known);
          if (known.isEmpty()) {
            problems.add("folder " + path + " has no file of a known form: " + forms());
          }
        } catch (IOException unreadable) {
          problems.add("folder " + path + " cannot be read: " + unreadable.getMessage());
        }
      } else if (!Files.isRegularFile(path)) {
        problems.add("there is no history of source %s at %s".formatted(source.name(), path));
      } else if (Form.of(path.toString()) == null) {
        problems.add(path + " is of no known form: " + forms());
      } else {
        files.add(path);
      }
    }
    files.forEach(file -> check(source, version, file, problems));
    return files;
  }

  private static void check(
      Source source, ContractOverlay version, Path file, List<String> problems) {
    if (Form.of(file.toString()) == Form.PARQUET) {
      try (ParquetRows rows = ParquetRows.open(file)) {
        problems.addAll(
            ParquetRecords.problems(
                SourceGuard.settings(source), version, file.toString(), rows.rowType()));
      } catch (TableException | IOException unreadable) {
        problems.add(unreadable.getMessage());
      }
    }
  }

  private static String forms() {
    return "expected .jsonl, .ndjson, .json, .csv (each also .gz), or .parquet";
  }

  /** The parts to read: at least one of each file, though there may be nothing in it. */
  static List<HistorySplit> splits(List<Path> files) throws IOException {
    List<HistorySplit> splits = new ArrayList<>();
    for (int number = 0; number < files.size(); number++) {
      Path path = files.get(number);
      String file = path.toAbsolutePath().toString();
      switch (Form.of(file)) {
        case PARQUET -> {
          try (ParquetRows rows = ParquetRows.open(path)) {
            for (int group = 0; group < rows.groups() || group == 0; group++) {
              splits.add(new HistorySplit(file, number, group, group + 1));
            }
          }
        }
        case JSON_LINES -> {
          long size = file.endsWith(".gz") ? 0 : Files.size(path);
          for (long from = 0; from < size || from == 0; from += SPLIT_BYTES) {
            boolean last = from + SPLIT_BYTES >= size;
            splits.add(
                new HistorySplit(file, number, from, last ? Long.MAX_VALUE : from + SPLIT_BYTES));
          }
        }
        case CSV -> splits.add(new HistorySplit(file, number, 0, Long.MAX_VALUE));
      }
    }
    return splits;
  }
}
