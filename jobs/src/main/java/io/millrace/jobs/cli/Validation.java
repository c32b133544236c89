package io.millrace.jobs.cli;

import io.millrace.document.Problem;
import io.millrace.jobs.PipelineLoader;
import io.millrace.pipeline.PipelineFile;
import java.util.List;

/** Everything that can be known of a pipeline file without asking a server. */
final class Validation {

  private Validation() {}

  /** The file's problems; when there are none, also what keeps its job from being built. */
  static List<Problem> problems(PipelineFile file) {
    List<Problem> problems = PipelineLoader.problems(file);
    if (!problems.isEmpty()) {
      return problems;
    }
    try {
      JobOperators.of(file.pipeline());
      return List.of();
    } catch (IllegalArgumentException refused) {
      return List.of(
          file.at()
              .problem(
                  "a job that cannot be built: " + refused.getMessage(),
                  "one that can",
                  "change what the message names"));
    }
  }
}
