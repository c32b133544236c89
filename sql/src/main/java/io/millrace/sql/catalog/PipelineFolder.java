package io.millrace.sql.catalog;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.drift.DriftChecks;
import io.millrace.features.FeatureViewChecks;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.quality.SqlRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.table.catalog.exceptions.CatalogException;

/** The pipeline files of a folder, as they were when a session opened the catalog. */
final class PipelineFolder {

  /**
   * One file.
   *
   * @param name of its pipeline; empty when it could not be read
   * @param pipeline what it says; empty when it has problems
   */
  record Entry(
      PipelineFile file, String name, Optional<Pipeline> pipeline, List<Problem> problems) {}

  private final Path folder;
  private final List<Entry> entries;

  private PipelineFolder(Path folder, List<Entry> entries) {
    this.folder = folder;
    this.entries = List.copyOf(entries);
  }

  /**
   * Reads all files that end in {@code .yaml} or {@code .yml}, in the order of their names.
   *
   * @param reserved a name that no pipeline may have
   * @throws CatalogException if the folder cannot be read
   */
  static PipelineFolder read(Path folder, Environment environment, String reserved) {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files =
          listed
              .filter(it -> it.getFileName().toString().matches("[^.].*\\.ya?ml"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
    } catch (IOException unreadable) {
      throw new CatalogException(
          "the option 'pipelines' names %s, which %s; name the folder of the pipeline files as the SQL gateway's machine sees it, best with its whole path"
              .formatted(
                  folder.toAbsolutePath(),
                  Files.isRegularFile(folder)
                      ? "is a file"
                      : Files.exists(folder)
                          ? "cannot be read (" + unreadable + ")"
                          : "is not there"),
          unreadable);
    }
    List<Entry> entries = new ArrayList<>();
    Map<String, Path> seen = new LinkedHashMap<>();
    for (Path file : files) {
      entries.add(entry(PipelineFile.read(file, environment), seen, reserved));
    }
    return new PipelineFolder(folder, entries);
  }

  private static Entry entry(PipelineFile file, Map<String, Path> seen, String reserved) {
    List<Problem> problems = new ArrayList<>(file.problems());
    String name = file.draft().map(Pipeline::name).orElse("");
    if (name.equals(reserved)) {
      problems.add(
          file.at("pipeline")
              .problem(
                  "the name \"" + name + "\"",
                  "a name that is not the catalog's own database",
                  "rename the pipeline, or leave the file out of the catalog's folder"));
    }
    Path first = name.isEmpty() ? null : seen.putIfAbsent(name, file.path());
    if (first != null) {
      problems.add(
          file.at("pipeline")
              .problem(
                  "the name \"" + name + "\", which " + first.getFileName() + " has too",
                  "one file for each pipeline",
                  "rename one of the two"));
    }
    Optional<Pipeline> pipeline =
        problems.isEmpty() ? Optional.of(file.pipeline()) : Optional.empty();
    return new Entry(file, name, pipeline, problems);
  }

  Path folder() {
    return folder;
  }

  List<Entry> entries() {
    return entries;
  }

  /** Of all files: what reading them found, and what a planner finds in their SQL. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    for (Entry entry : entries) {
      problems.addAll(entry.problems());
      problems.addAll(FeatureViewChecks.problems(entry.file()));
      entry.file().draft().stream()
          .flatMap(draft -> draft.sources().stream())
          .forEach(source -> problems.addAll(SqlRules.problems(source)));
      problems.addAll(DriftChecks.problems(entry.file()));
    }
    return problems;
  }

  List<Pipeline> pipelines() {
    return entries.stream().flatMap(it -> it.pipeline().stream()).toList();
  }
}
