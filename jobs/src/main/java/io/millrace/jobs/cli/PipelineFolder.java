package io.millrace.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code conf/pipelines}, whose files commands find without being told where they are. */
final class PipelineFolder {

  private PipelineFolder() {}

  private static Path path() {
    return Path.of(System.getProperty("millrace.home", ""), "conf", "pipelines");
  }

  /**
   * All its pipeline files, by name.
   *
   * @throws ParameterException when there is no such folder
   */
  static List<Path> files(CommandSpec command) throws IOException {
    Path folder = path();
    if (!Files.isDirectory(folder)) {
      throw new ParameterException(
          command.commandLine(), "There is no folder " + folder + ": name a --pipeline-file");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  /** The file that is meant by a path, or by the name of a pipeline in the folder. */
  static Path file(String pipeline) {
    Path named = Path.of(pipeline);
    return Files.isRegularFile(named) || pipeline.endsWith(".yaml")
        ? named
        : path().resolve(pipeline + ".yaml");
  }
}
