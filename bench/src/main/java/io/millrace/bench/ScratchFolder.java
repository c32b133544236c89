package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A new folder that goes, with everything in it, when a measurement ends. */
record ScratchFolder(Path path) implements AutoCloseable {

  /**
   * @param name of the measurement
   */
  static ScratchFolder of(String name) throws IOException {
    return new ScratchFolder(Files.createTempDirectory("millrace-bench-" + name));
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
