package io.millrace.jobs.registry;

import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** All views of some pipeline files, and their groups of on-demand features. */
public final class Registry {
  private final List<RegisteredView> views = new ArrayList<>();

  /**
   * Adds the views and groups of a file that has no problems.
   *
   * @throws IOException if its lock cannot be read
   */
  public void add(PipelineFile file) throws IOException {
    Pipeline pipeline = file.draft().orElseThrow();
    List<FeatureChange> changes = FeatureLocks.changes(file, pipeline);
    boolean locked = Files.exists(FeatureLock.beside(file.path()));
    pipeline
        .featureViews()
        .forEach(view -> views.add(RegisteredView.of(pipeline, view, changes, locked)));
    pipeline
        .onDemandGroups()
        .forEach(group -> views.add(RegisteredView.of(pipeline, group, changes, locked)));
  }

  /** In the order of the files. */
  public List<RegisteredView> views() {
    return List.copyOf(views);
  }
}
