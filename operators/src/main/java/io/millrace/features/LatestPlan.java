package io.millrace.features;

import io.millrace.expressions.RowProgram;
import io.millrace.ingest.PositionedRows;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.records.FeatureSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.RowType;

/**
 * What a view of the newest row needs: its entity fields, the fields it shows, and last, when the
 * view has a condition, whether the row satisfies it.
 *
 * <p>The condition is a column and not a filter, because an update that no longer satisfies it has
 * to take the entity away.
 *
 * @param conditional whether the rows have the condition's column
 * @param placed whether the rows end with the columns of {@link PositionedRows}, which tell the
 *     order of rows of equal times
 */
public record LatestPlan(FeatureSchema schema, boolean conditional, boolean placed)
    implements Serializable {

  /** The SQL projections over the source, in the order of the rows that {@link #bind} expects. */
  public static List<String> inputs(FeatureViewSpec view) {
    List<String> projections = new ArrayList<>();
    view.entity().forEach(field -> projections.add(RowProgram.quoted(field)));
    view.latest().forEach(field -> projections.add(RowProgram.quoted(field)));
    view.where().ifPresent(where -> projections.add("(" + where.strip() + ")"));
    return projections;
  }

  /** The same over {@link PositionedRows}, whose positions come last. */
  static List<String> placedInputs(FeatureViewSpec view) {
    List<String> projections = inputs(view);
    projections.add(RowProgram.quoted(PositionedRows.PARTITION));
    projections.add(RowProgram.quoted(PositionedRows.OFFSET));
    return projections;
  }

  /** The plan over rows that hold {@link #inputs}, or {@link #placedInputs}. */
  public static LatestPlan bind(FeatureViewSpec view, RowType projected) {
    int arity = view.entity().size();
    List<RowType.RowField> entity = new ArrayList<>();
    for (int i = 0; i < arity; i++) {
      entity.add(new RowType.RowField(view.entity().get(i), projected.getTypeAt(i)));
    }
    List<RowType.RowField> values = new ArrayList<>();
    for (int i = 0; i < view.latest().size(); i++) {
      values.add(new RowType.RowField(view.latest().get(i), projected.getTypeAt(arity + i)));
    }
    FeatureSchema schema =
        new FeatureSchema(view.name(), new RowType(false, entity), new RowType(false, values));
    boolean placed = projected.getFieldCount() > inputs(view).size();
    return new LatestPlan(schema, view.where().isPresent(), placed);
  }
}
