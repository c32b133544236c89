package io.millrace.jobs.offline;

import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a table with PyIceberg, where {@code MILLRACE_PYTHON} or {@code python3} has it. */
final class PyIceberg {
  private static final String SCRIPT =
      """
      import sys
      try:
          from pyiceberg.table import StaticTable
          import pyarrow.compute
      except ImportError as missing:
          print("absent", missing)
          sys.exit(0)
      rows = StaticTable.from_metadata(sys.argv[1]).scan().to_arrow()
      print("read", rows.num_rows, pyarrow.compute.sum(rows[sys.argv[2]]))
      """;

  /**
   * What it read.
   *
   * @param sum of the column
   */
  record Read(long rows, String column, String sum) {}

  private PyIceberg() {}

  /** Empty, after a message, where there is no PyIceberg. */
  static Optional<Read> read(Pipeline pipeline, String table)
      throws IOException, InterruptedException {
    String python = System.getenv().getOrDefault("MILLRACE_PYTHON", "python3");
    String column = "amount";
    String output;
    try {
      Process process =
          new ProcessBuilder(List.of(python, "-c", SCRIPT, newest(pipeline, table), column))
              .redirectErrorStream(true)
              .start();
      output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
    } catch (IOException noPython) {
      output = "absent " + noPython.getMessage();
    }
    if (output.startsWith("absent")) {
      System.out.println("PyIceberg did not read " + table + ": " + output.strip());
      return Optional.empty();
    }
    String[] words = output.strip().split(" ");
    if (!words[0].equals("read")) {
      throw new AssertionError("PyIceberg could not read " + table + ": " + output);
    }
    return Optional.of(new Read(Long.parseLong(words[1]), column, words[2]));
  }

  private static String newest(Pipeline pipeline, String table) throws IOException {
    Path metadata = ParquetFiles.folder(pipeline, table).resolve("metadata");
    String version = Files.readString(metadata.resolve("version-hint.text")).strip();
    try (Stream<Path> files = Files.list(metadata)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("v" + version + "."))
          .findFirst()
          .orElseThrow()
          .toString();
    }
  }
}
