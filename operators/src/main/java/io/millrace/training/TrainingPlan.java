package io.millrace.training;

import io.millrace.document.NearestName;
import io.millrace.features.CompiledView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * How a training set is put together: the spine's rows as they are, and beside them the features
 * asked for.
 *
 * @param spine the spine's columns
 * @param parts the views that are asked
 * @param output columns of the training set: those of the spine, then the features
 * @param features per feature column in order: which view's part, which of its values
 */
public record TrainingPlan(
    RowType spine, List<Part> parts, RowType output, List<FeatureColumn> features) {

  /**
   * A view and where its entities stand in the spine.
   *
   * @param entityColumns per entity field the index of the spine's column
   */
  public record Part(CompiledView view, List<Integer> entityColumns) {
    public String name() {
      return view.view().name();
    }
  }

  /**
   * A feature's column.
   *
   * @param name of the column
   * @param part index of the view's part
   * @param value index among the view's values
   */
  public record FeatureColumn(String name, int part, int value, LogicalType type) {}

  /**
   * Plans a training set.
   *
   * @param problems takes what is wrong with the spine's columns
   */
  public static TrainingPlan of(RequestedViews requested, RowType spine, List<String> problems) {
    List<Part> parts = new ArrayList<>();
    List<String> names = new ArrayList<>(requested.views().keySet());
    for (CompiledView view : requested.views().values()) {
      parts.add(new Part(view, entityColumns(requested, view, spine, problems)));
    }
    Map<String, Integer> uses = new HashMap<>();
    spine.getFieldNames().forEach(name -> uses.merge(name, 1, Integer::sum));
    requested.features().forEach(it -> uses.merge(it.feature(), 1, Integer::sum));
    List<FeatureColumn> features = new ArrayList<>();
    List<RowType.RowField> output = new ArrayList<>(spine.getFields());
    for (TrainingRequest.FeatureName feature : requested.features()) {
      RowType values = requested.views().get(feature.view()).schema().values();
      int value = values.getFieldIndex(feature.feature());
      // As a feature store's SDK names them where the short name would be ambiguous.
      String column =
          uses.get(feature.feature()) == 1
              ? feature.feature()
              : feature.view() + "__" + feature.feature();
      LogicalType type = values.getTypeAt(value).copy(true);
      features.add(new FeatureColumn(column, names.indexOf(feature.view()), value, type));
      if (spine.getFieldNames().contains(column)) {
        problems.add(
            "the spine already has a column %s: rename it, or leave out feature %s"
                .formatted(column, feature));
      }
      output.add(new RowType.RowField(column, type));
    }
    return problems.isEmpty()
        ? new TrainingPlan(spine, parts, new RowType(false, output), features)
        : new TrainingPlan(spine, parts, spine, features);
  }

  private static List<Integer> entityColumns(
      RequestedViews requested, CompiledView view, RowType spine, List<String> problems) {
    List<Integer> columns = new ArrayList<>();
    for (RowType.RowField field : view.schema().entity().getFields()) {
      String column = requested.column(field.getName());
      int index = spine.getFieldIndex(column);
      columns.add(index);
      if (index < 0) {
        problems.add(
            "the spine has no column %s, which is to name the entities of view %s; %s"
                    .formatted(
                        column,
                        view.view().name(),
                        NearestName.suggestion(
                            column,
                            spine.getFieldNames(),
                            "it has " + String.join(", ", spine.getFieldNames())))
                + (column.equals(field.getName())
                    ? " Where it has another name, write --entity-columns %s=column"
                        .formatted(field.getName())
                    : ""));
      } else if (!EntityValues.fits(spine.getTypeAt(index), field.getType())) {
        problems.add(
            ("column %s of the spine is %s, but entity field %s of view %s is %s: write the column"
                    + " as %s")
                .formatted(
                    column,
                    spine.getTypeAt(index).asSummaryString(),
                    field.getName(),
                    view.view().name(),
                    field.getType().asSummaryString(),
                    field.getType().copy(true).asSummaryString()));
      }
    }
    return columns;
  }
}
