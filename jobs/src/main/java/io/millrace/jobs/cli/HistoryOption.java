package io.millrace.jobs.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where commands that recompute features find what has happened. */
final class HistoryOption {

  @Option(
      names = "--history",
      paramLabel = "SOURCE=PATH[,PATH]",
      description =
          "Files and folders with a source's events in its contract's form: .jsonl, .ndjson, .json,"
              + " .csv (each also .gz) or .parquet. Without, a source is read from the pipeline's"
              + " offline store if that keeps it, else from its topic up to where it ends now.")
  private Map<String, String> history = new LinkedHashMap<>();

  /** Files by source. */
  Map<String, List<Path>> files() {
    Map<String, List<Path>> files = new LinkedHashMap<>();
    history.forEach(
        (source, paths) -> {
          List<Path> list = new ArrayList<>();
          for (String path : paths.split(",")) {
            list.add(Path.of(path.strip()));
          }
          files.put(source, list);
        });
    return files;
  }
}
