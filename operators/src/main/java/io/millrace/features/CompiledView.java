package io.millrace.features;

import io.millrace.expressions.ExpressionException;
import io.millrace.expressions.RowProgram;
import io.millrace.ingest.PositionedRows;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.FeatureSchema;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.RowType;

/**
 * A view with its SQL compiled: the program that feeds it, and what it makes of the rows. Exactly
 * one of the two plans is there.
 *
 * @param aggregations of a view that aggregates
 * @param latest of a view of the newest row
 */
public record CompiledView(
    FeatureViewSpec view,
    RowProgram program,
    Optional<FeaturePlan> aggregations,
    Optional<LatestPlan> latest) {

  /**
   * Compiles a view of a pipeline.
   *
   * @throws IllegalArgumentException if an expression is refused or an aggregate is not defined for
   *     its input's type; a checked pipeline has no such view
   */
  public static CompiledView of(Pipeline pipeline, FeatureViewSpec view) {
    RowType source = pipeline.source(view.source()).orElseThrow().rowType();
    if (view.isLatest()) {
      // The condition is one of the columns, see LatestPlan.
      RowProgram program = compile(view, source, LatestPlan.inputs(view), Optional.empty());
      LatestPlan plan = LatestPlan.bind(view, program.outputType());
      return new CompiledView(view, program, Optional.empty(), Optional.of(plan));
    }
    RowProgram program = compile(view, source, FeaturePlan.inputs(view), view.where());
    FeaturePlan plan = FeaturePlan.bind(view, program.outputType());
    return new CompiledView(view, program, Optional.of(plan), Optional.empty());
  }

  /**
   * The view over rows of a history.
   *
   * @param rows type of the rows; where they are {@link PositionedRows} a view of the newest row
   *     takes their order in as well, see {@link LatestHistory}
   */
  CompiledView over(RowType rows) {
    if (latest.isEmpty() || !PositionedRows.isType(rows)) {
      return this;
    }
    RowProgram placed = compile(view, rows, LatestPlan.placedInputs(view), Optional.empty());
    LatestPlan plan = LatestPlan.bind(view, placed.outputType());
    return new CompiledView(view, placed, Optional.empty(), Optional.of(plan));
  }

  /** Names and types of the view's vectors. */
  public FeatureSchema schema() {
    return aggregations
        .map(FeaturePlan::schema)
        .or(() -> latest.map(LatestPlan::schema))
        .orElseThrow();
  }

  private static RowProgram compile(
      FeatureViewSpec view, RowType source, List<String> projections, Optional<String> where) {
    try {
      return RowProgram.compile(source, projections, where);
    } catch (ExpressionException e) {
      throw new IllegalArgumentException(
          "view %s, expression %s: %s".formatted(view.name(), e.expression(), e.getMessage()), e);
    }
  }
}
