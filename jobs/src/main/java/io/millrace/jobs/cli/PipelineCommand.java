package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.jobs.training.Histories;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What commands on one pipeline have in common: its file is read and checked before they work, all
 * its problems are printed at once, and what does not answer ends them with {@link
 * ExitCodes#UNAVAILABLE}.
 */
abstract class PipelineCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "PIPELINE", index = "0", description = "A pipeline file.")
  Path file;

  PipelineCommand(Environment environment) {
    this.environment = environment;
  }

  /**
   * Does its work with a pipeline that has no problems.
   *
   * @return the exit code
   * @throws IOException when something does not answer; the caller prints the message
   */
  abstract int run(Pipeline pipeline) throws IOException, InterruptedException;

  /** What keeps the command from its work; unless said otherwise, all that can be known. */
  List<Problem> problems(PipelineFile read) {
    return Validation.problems(read);
  }

  @Override
  public final Integer call() throws InterruptedException {
    PipelineFile read = PipelineFile.read(file, environment);
    List<Problem> problems = problems(read);
    if (!problems.isEmpty()) {
      problems.forEach(err()::println);
      err().flush();
      return ExitCodes.PROBLEMS;
    }
    try {
      int exit = run(read.pipeline());
      out().flush();
      return exit;
    } catch (IOException unavailable) {
      complain(unavailable.getMessage());
      return ExitCodes.UNAVAILABLE;
    }
  }

  /** The view, or a complaint that names the one that may have been meant. */
  final Optional<FeatureViewSpec> view(Pipeline pipeline, String name) {
    Optional<FeatureViewSpec> view = pipeline.featureView(name);
    if (view.isEmpty()) {
      List<String> names = pipeline.featureViews().stream().map(FeatureViewSpec::name).toList();
      complain(
          "there is no view %s in %s; %s"
              .formatted(
                  name,
                  file,
                  NearestName.suggestion(name, names, "there are " + String.join(", ", names))));
    }
    return view;
  }

  /**
   * The views of these names; where none is named, all whose source has a history, and a line about
   * each that has none. Empty after a complaint about each that is not there, or when none is left.
   *
   * @param history files by source
   */
  final Optional<List<FeatureViewSpec>> views(
      Pipeline pipeline, List<String> names, Map<String, List<Path>> history) {
    List<FeatureViewSpec> found = new ArrayList<>();
    if (!names.isEmpty()) {
      List<String> distinct = names.stream().distinct().toList();
      distinct.forEach(name -> view(pipeline, name).ifPresent(found::add));
      return found.size() == distinct.size() ? Optional.of(found) : Optional.empty();
    }
    for (FeatureViewSpec view : pipeline.featureViews()) {
      Optional<String> missing =
          Histories.missing(pipeline, pipeline.source(view.source()).orElseThrow(), history);
      missing.ifPresentOrElse(
          why -> complain("view %s is left out: %s".formatted(view.name(), why)),
          () -> found.add(view));
    }
    if (found.isEmpty()) {
      complain("%s has no feature view with a history".formatted(file));
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  final void complain(String what) {
    complain(spec, what);
  }

  /** Prints a line that says which command it comes from, after what was printed so far. */
  static void complain(CommandSpec command, String what) {
    command.commandLine().getOut().flush();
    String name = command.qualifiedName();
    PrintWriter err = command.commandLine().getErr();
    err.println(name.substring(name.indexOf(' ') + 1) + ": " + what);
    err.flush();
  }
}
