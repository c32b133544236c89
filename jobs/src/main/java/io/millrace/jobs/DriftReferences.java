package io.millrace.jobs;

import io.millrace.drift.DriftPlan;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DriftReference;

/** Reads the references that are files. */
final class DriftReferences {
  private DriftReferences() {}

  /** The plan, with the reference of its file if it has one. */
  static DriftPlan read(DriftPlan plan, DriftMonitorSpec monitor) {
    if (monitor.reference().kind() != DriftReference.Kind.FILE) {
      return plan;
    }
    throw new UnsupportedOperationException("reference files");
  }
}
