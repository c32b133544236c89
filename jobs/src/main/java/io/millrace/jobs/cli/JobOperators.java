package io.millrace.jobs.cli;

import io.millrace.jobs.Capability;
import io.millrace.jobs.PipelineJob;
import io.millrace.jobs.cli.PipelinePlan.PlannedOperator;
import io.millrace.pipeline.Pipeline;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The operators of a pipeline's job, taken from the job itself, which is built but not run. */
final class JobOperators {

  private JobOperators() {}

  /**
   * The operators with a uid, from sources to sinks.
   *
   * @throws IllegalArgumentException when the pipeline cannot be built; the message says why
   */
  static List<PlannedOperator> of(Pipeline pipeline) {
    if (pipeline.featureViews().isEmpty()
        && pipeline.embeddings().isEmpty()
        && pipeline.driftMonitors().isEmpty()
        && pipeline.offline().isEmpty()) {
      return List.of();
    }
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(new Configuration());
    PipelineJob.build(env, pipeline, EnumSet.allOf(Capability.class));
    return env.getTransformations().stream()
        .flatMap(root -> root.getTransitivePredecessors().stream())
        .distinct()
        .filter(transformation -> transformation.getUid() != null)
        .sorted(Comparator.comparingInt(Transformation::getId))
        .map(operator -> new PlannedOperator(operator.getUid(), operator.getName()))
        .toList();
  }
}
