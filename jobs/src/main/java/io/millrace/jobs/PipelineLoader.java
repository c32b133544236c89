package io.millrace.jobs;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.document.ProblemsException;
import io.millrace.drift.DriftChecks;
import io.millrace.features.FeatureViewChecks;
import io.millrace.jobs.registry.FeatureLocks;
import io.millrace.ondemand.OnDemandChecks;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.quality.SqlRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads pipeline files and checks everything that can be checked before a job runs. */
public final class PipelineLoader {

  private PipelineLoader() {}

  /**
   * All problems of a file, its contracts and its expressions, and of features that came to mean
   * something else, in the order of the lines.
   */
  public static List<Problem> problems(PipelineFile file) {
    List<Problem> problems = new ArrayList<>(file.problems());
    problems.addAll(FeatureViewChecks.problems(file));
    problems.addAll(OnDemandChecks.problems(file));
    problems.addAll(FormatChecks.problems(file));
    file.draft()
        .ifPresent(draft -> draft.sources().forEach(it -> problems.addAll(SqlRules.problems(it))));
    problems.addAll(DriftChecks.problems(file));
    problems.addAll(FeatureLocks.problems(file));
    problems.addAll(OfflineChecks.problems(file));
    return Problem.sorted(problems);
  }

  /**
   * Reads a pipeline that can be run.
   *
   * @throws ProblemsException with every problem in its message
   */
  public static Pipeline load(Path path, Environment environment) {
    return load(PipelineFile.read(path, environment));
  }

  /**
   * The pipeline of a file, if it can be run.
   *
   * @throws ProblemsException with every problem in its message
   */
  public static Pipeline load(PipelineFile file) {
    List<Problem> problems = problems(file);
    if (!problems.isEmpty()) {
      throw new ProblemsException(problems);
    }
    return file.pipeline();
  }
}
