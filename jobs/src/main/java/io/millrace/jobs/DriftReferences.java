package io.millrace.jobs;

import io.millrace.drift.DriftPlan;
import io.millrace.drift.statistics.ColumnKind;
import io.millrace.jobs.tables.TableFile;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DriftReference;
import java.util.Map;

/** Reads the references that are files. */
final class DriftReferences {

  /** Segments of a file, in limits: which of them will have most rows shows in the stream. */
  private static final int SEGMENTS = 4;

  private DriftReferences() {}

  /**
   * The plan, with the reference of its file if it has one.
   *
   * @throws io.millrace.jobs.tables.TableException if the file cannot be read, lacks a column or
   *     has one of another type
   */
  static DriftPlan read(DriftPlan plan, DriftMonitorSpec monitor) {
    if (monitor.reference().kind() != DriftReference.Kind.FILE) {
      return plan;
    }
    Map<String, ColumnKind> kinds = plan.kinds();
    return plan.withReference(
        TableFile.segments(
            monitor.reference().file(),
            kinds.keySet(),
            kinds,
            monitor.segments().map(DriftMonitorSpec.Segments::by).orElse(""),
            SEGMENTS * plan.segmentLimit(),
            DriftPlan.CELLS,
            DriftPlan.CELLS_OF_PART));
  }
}
