package io.millrace.jobs;

import io.millrace.embedding.onnx.OnnxModel;
import io.millrace.pipeline.EmbeddingModelSpec;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.Pipeline;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the folders of models before a job is submitted: a job that fails in every TaskManager
 * is a long way round to a missing file.
 */
final class ModelPreflight {

  private ModelPreflight() {}

  /** What is wrong with the folders that the embeddings name, each folder once. */
  static List<String> problems(Pipeline pipeline) {
    List<String> problems = new ArrayList<>();
    pipeline.embeddings().stream()
        .map(EmbeddingSpec::model)
        .flatMap(model -> model.local().stream())
        .filter(local -> !local.isKnown())
        .map(EmbeddingModelSpec.Local::folder)
        .distinct()
        .forEach(
            folder -> {
              try {
                OnnxModel.fromFolder(Path.of(folder));
              } catch (IllegalArgumentException | UncheckedIOException unfit) {
                problems.add(unfit.getMessage());
              }
            });
    return problems;
  }
}
