package io.millrace.pipeline;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.document.ProblemsException;
import io.millrace.document.YamlFile;
import io.millrace.document.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A pipeline file, read once: the pipeline it describes, or everything that is wrong with it.
 *
 * <p>Checked here is all that can be known from the file, its contracts and the environment: shape
 * (against the JSON Schema), names, references, windows, secrets. SQL expressions and the types of
 * their results need Flink's planner and are checked by the operators; such checks report places in
 * the file by {@link #at}, and work on the {@link #draft} so that they run even when other parts of
 * the file are wrong.
 */
public final class PipelineFile {

  private final Path path;
  private final Optional<YamlValue> root;
  private final Optional<Pipeline> draft;
  private final List<Problem> problems;

  private PipelineFile(
      Path path, Optional<YamlValue> root, Optional<Pipeline> draft, List<Problem> problems) {
    this.path = path;
    this.root = root;
    this.draft = draft;
    this.problems = Problem.sorted(problems);
  }

  /**
   * Reads a file and the contracts it names.
   *
   * @param environment where {@code ${NAME}} is looked up
   */
  public static PipelineFile read(Path path, Environment environment) {
    return read(path, YamlFile.read(path), environment);
  }

  /**
   * Reads a text as if it stood in a file.
   *
   * @param path named by problems; its folder is where contracts are looked up
   */
  public static PipelineFile parse(Path path, String text, Environment environment) {
    return read(path, YamlFile.parse(path.toString(), text), environment);
  }

  private static PipelineFile read(Path path, YamlFile yaml, Environment environment) {
    List<Problem> problems = new ArrayList<>(yaml.problems());
    Optional<YamlValue> root = yaml.root().map(it -> it.resolve(environment, problems::add));
    Optional<Pipeline> draft = Optional.empty();
    if (root.isPresent()) {
      List<Problem> shape = PipelineShape.check(root.get());
      Reading reading = new Reading(shape);
      draft = new PipelineReader(reading, path).pipeline(root.get());
      problems.addAll(shape);
      problems.addAll(reading.problems());
    }
    return new PipelineFile(path, root, draft, problems);
  }

  public Path path() {
    return path;
  }

  /** In the order of the file's lines. */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * The pipeline.
   *
   * @throws ProblemsException when there are problems
   */
  public Pipeline pipeline() {
    if (!problems.isEmpty() || draft.isEmpty()) {
      throw new ProblemsException(problems);
    }
    return draft.get();
  }

  /**
   * What could be read of the pipeline even though other parts are wrong: sources with a readable
   * contract, views over such sources, and of those the aggregations that are right so far. Not to
   * be run.
   */
  public Optional<Pipeline> draft() {
    return draft;
  }

  /** The place that keys lead to, or the deepest one on the way, for problems found elsewhere. */
  public YamlValue at(String... keys) {
    return root.orElseThrow(() -> new IllegalStateException(path + " could not be read"))
        .nearest(keys);
  }
}
