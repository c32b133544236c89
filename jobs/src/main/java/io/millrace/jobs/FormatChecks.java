package io.millrace.jobs;

import io.millrace.document.Problem;
import io.millrace.formats.RecordFormats;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.PipelineFile;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.List;

/** Whether the schemas that formats name can be used. */
final class FormatChecks {
  private FormatChecks() {}

  /** Problems of sources whose keys are right. */
  static List<Problem> problems(PipelineFile file) {
    List<Problem> problems = new ArrayList<>();
    file.draft()
        .ifPresent(
            pipeline -> {
              for (Source source : pipeline.sources()) {
                if (file.problems().isEmpty() && source.origin() instanceof KafkaOrigin) {
                  check(file, source, problems);
                }
              }
            });
    return problems;
  }

  private static void check(PipelineFile file, Source source, List<Problem> problems) {
    try {
      RecordFormats.of(source);
    } catch (IllegalArgumentException unusable) {
      problems.add(
          file.at("sources", source.name(), "kafka", "format_options")
              .problem(unusable.getMessage(), "a schema of what producers write", "correct it"));
    }
  }
}
