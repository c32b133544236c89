package io.millrace.jobs;

import io.millrace.expressions.ExpressionException;
import io.millrace.expressions.RowProgram;
import io.millrace.features.FeaturePlan;
import io.millrace.features.LatestPlan;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.FeatureSchema;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.RowType;

/** Names and types of a view's features, for those who read them without running the job. */
public final class ViewSchemas {

  private ViewSchemas() {}

  /**
   * The schema of a view of the pipeline, as the job would have it. Starts Flink's planner, which
   * takes a second or two the first time.
   *
   * @throws IllegalArgumentException if the view has an expression that is no SQL or an aggregate
   *     that is not defined for its type
   */
  public static FeatureSchema of(Pipeline pipeline, FeatureViewSpec view) {
    RowType rows = pipeline.source(view.source()).orElseThrow().contract().rowType();
    return view.isLatest()
        ? LatestPlan.bind(view, project(view, rows, LatestPlan.inputs(view))).schema()
        : FeaturePlan.bind(view, project(view, rows, FeaturePlan.inputs(view))).schema();
  }

  private static RowType project(FeatureViewSpec view, RowType rows, List<String> projections) {
    try {
      return RowProgram.compile(rows, projections, Optional.empty()).outputType();
    } catch (ExpressionException wrong) {
      throw new IllegalArgumentException(
          "view %s, expression %s: %s"
              .formatted(view.name(), wrong.expression(), wrong.getMessage()),
          wrong);
    }
  }
}
