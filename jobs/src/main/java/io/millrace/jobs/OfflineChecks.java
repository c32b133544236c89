package io.millrace.jobs;

import io.millrace.document.Problem;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.List;

/** Whether the types of sources have columns in history tables. */
final class OfflineChecks {
  private OfflineChecks() {}

  /** Problems of sources whose history is kept. */
  static List<Problem> problems(PipelineFile file) {
    List<Problem> problems = new ArrayList<>();
    Pipeline draft = file.draft().orElse(null);
    OfflineSpec spec = draft == null ? null : draft.offline().orElse(null);
    if (spec == null) {
      return problems;
    }
    for (Source source : draft.sources()) {
      if (spec.sources().contains(source.name())) {
        try {
          TableLayout.history(source);
        } catch (IllegalArgumentException noColumn) {
          problems.add(
              file.at("sources", source.name(), "contract")
                  .problem(
                      "a contract whose history cannot be kept: " + noColumn.getMessage(),
                      "types that an Iceberg table has",
                      "change the contract, or leave the source out of offline.sources"));
        }
      }
    }
    return problems;
  }
}
