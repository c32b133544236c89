package io.millrace.drift;

import io.millrace.document.Problem;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.RowType;

/** What of the drift monitors of a pipeline file can only be told from the types of columns. */
public final class DriftChecks {
  private DriftChecks() {}

  /**
   * All problems of the file's monitors. Those over views that are wrong themselves are left out.
   */
  public static List<Problem> problems(PipelineFile file) {
    List<Problem> problems = new ArrayList<>();
    Optional<Pipeline> draft = file.draft();
    if (draft.isPresent()) {
      for (DriftMonitorSpec monitor : draft.get().driftMonitors()) {
        rowType(draft.get(), monitor)
            .ifPresent(rows -> check(file, draft.get(), monitor, problems));
      }
    }
    return problems;
  }

  private static Optional<RowType> rowType(Pipeline draft, DriftMonitorSpec monitor) {
    try {
      return Optional.of(DriftInputs.rowType(draft, monitor));
    } catch (IllegalArgumentException viewIsWrong) {
      return Optional.empty();
    }
  }

  private static void check(
      PipelineFile file, Pipeline draft, DriftMonitorSpec monitor, List<Problem> problems) {
    List<DriftPlan.Problem> found =
        DriftPlan.problems(monitor, DriftInputs.rowType(draft, monitor));
    for (DriftPlan.Problem each : found) {
      problems.add(
          (each.column().isEmpty()
                  ? file.at("drift", monitor.name(), "segments", "by")
                  : file.at("drift", monitor.name(), "columns", each.column()))
              .problem(each.found(), each.expected(), each.fix()));
    }
    if (found.isEmpty()) {
      try {
        DriftInputs.plan(draft, monitor);
      } catch (IllegalArgumentException nothingToWatch) {
        problems.add(
            file.at("drift", monitor.name())
                .problem(
                    "no column to watch",
                    "columns that are numbers, texts or booleans, outside of keys and pii",
                    "name some under columns"));
      }
    }
  }
}
