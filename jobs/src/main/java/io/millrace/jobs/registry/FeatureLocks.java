package io.millrace.jobs.registry;

import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Holds pipeline files against what was accepted of them. */
public final class FeatureLocks {

  private FeatureLocks() {}

  /**
   * How a pipeline's features differ from what was accepted; nothing when nothing was accepted yet.
   *
   * @throws IOException if the lock cannot be read
   */
  public static List<FeatureChange> changes(PipelineFile file, Pipeline pipeline)
      throws IOException {
    Optional<FeatureLock> accepted = FeatureLock.read(FeatureLock.beside(file.path()));
    return accepted.isEmpty()
        ? List.of()
        : FeatureChange.between(accepted.get(), FeatureLock.of(pipeline));
  }

  /** Features that mean something else under the same version, at their place in the file. */
  public static List<Problem> problems(PipelineFile file) {
    if (file.draft().isEmpty() || !file.problems().isEmpty()) {
      // What they mean is not known before the file is right.
      return List.of();
    }
    try {
      return changes(file, file.draft().get()).stream()
          .filter(FeatureChange::isRefused)
          .map(change -> problem(file, change))
          .toList();
    } catch (IOException unreadable) {
      return List.of(
          file.at()
              .problem(
                  "a lock of its features that cannot be read: " + unreadable.getMessage(),
                  "none, or one that can be read",
                  "restore " + FeatureLock.beside(file.path()).getFileName()));
    }
  }

  private static Problem problem(PipelineFile file, FeatureChange change) {
    Pipeline pipeline = file.draft().orElseThrow();
    boolean onDemand = pipeline.onDemandGroup(change.view()).isPresent();
    YamlValue view = file.at(onDemand ? "on_demand" : "features", change.view());
    FeatureViewSpec.About about =
        onDemand
            ? pipeline.onDemandGroup(change.view()).orElseThrow().about()
            : pipeline.featureView(change.view()).orElseThrow().about();
    int version = about.version();
    return view.problem(
        "another meaning of the feature %s than was accepted in %s"
            .formatted(change.feature(), FeatureLock.beside(file.path()).getFileName()),
        "the same meaning as long as version is " + version,
        "give it another name; or, if all who use it are to get the new meaning, set version: %d"
            .formatted(version + 1));
  }
}
