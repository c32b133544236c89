package io.millrace.training;

import io.millrace.document.NearestName;
import io.millrace.features.CompiledView;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.ondemand.RequestField;
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
 * @param groups whose on-demand features are evaluated
 * @param output columns of the training set: those of the spine, then the features
 * @param features per feature column in order: of which view or group, and which of its values
 */
public record TrainingPlan(
    RowType spine,
    List<Part> parts,
    List<Group> groups,
    RowType output,
    List<FeatureColumn> features) {

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
   * A group of on-demand features, and where what it needs comes from.
   *
   * @param requestColumns per field of the request the index of the spine's column
   * @param parts per view of the group the index of its part
   */
  public record Group(CompiledGroup group, List<Integer> requestColumns, List<Integer> parts) {
    public String name() {
      return group.spec().name();
    }
  }

  /**
   * A feature's column.
   *
   * @param name of the column
   * @param onDemand whether it is evaluated, or a view's
   * @param of index of the group, or of the view's part
   * @param value index among the values of that
   */
  public record FeatureColumn(String name, boolean onDemand, int of, int value, LogicalType type) {}

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
    List<Group> groups = new ArrayList<>();
    for (CompiledGroup group : requested.groups().values()) {
      groups.add(
          new Group(
              group,
              requestColumns(requested, group, spine, problems),
              group.views().stream().map(view -> names.indexOf(view.view().name())).toList()));
    }
    List<String> groupNames = List.copyOf(requested.groups().keySet());
    Map<String, Integer> uses = new HashMap<>();
    spine.getFieldNames().forEach(name -> uses.merge(name, 1, Integer::sum));
    requested.features().forEach(it -> uses.merge(it.feature(), 1, Integer::sum));
    List<FeatureColumn> features = new ArrayList<>();
    List<RowType.RowField> output = new ArrayList<>(spine.getFields());
    for (TrainingRequest.FeatureName feature : requested.features()) {
      boolean onDemand = groupNames.contains(feature.view());
      RowType values =
          onDemand
              ? requested.groups().get(feature.view()).values()
              : requested.views().get(feature.view()).schema().values();
      int value = values.getFieldIndex(feature.feature());
      // As a feature store's SDK names them where the short name would be ambiguous.
      String column =
          uses.get(feature.feature()) == 1
              ? feature.feature()
              : feature.view() + "__" + feature.feature();
      LogicalType type = values.getTypeAt(value).copy(true);
      features.add(
          new FeatureColumn(
              column,
              onDemand,
              (onDemand ? groupNames : names).indexOf(feature.view()),
              value,
              type));
      if (spine.getFieldNames().contains(column)) {
        problems.add(
            "the spine already has a column %s: rename it, or leave out feature %s"
                .formatted(column, feature));
      }
      output.add(new RowType.RowField(column, type));
    }
    return problems.isEmpty()
        ? new TrainingPlan(spine, parts, groups, new RowType(false, output), features)
        : new TrainingPlan(spine, parts, groups, spine, features);
  }

  private static List<Integer> requestColumns(
      RequestedViews requested, CompiledGroup group, RowType spine, List<String> problems) {
    List<Integer> columns = new ArrayList<>();
    for (RowType.RowField field : group.spec().request().getFields()) {
      String column = requested.column(field.getName());
      int index = spine.getFieldIndex(column);
      columns.add(index);
      RequestField wanted = new RequestField(field.getName(), field.getType());
      if (index < 0) {
        problems.add(
            "the spine has no column %s, a field of the request of %s; %s"
                .formatted(
                    column,
                    group.spec().name(),
                    NearestName.suggestion(
                        column,
                        spine.getFieldNames(),
                        "it has " + String.join(", ", spine.getFieldNames()))));
      } else if (!wanted.fits(spine.getTypeAt(index))) {
        problems.add(
            ("column %s of the spine is %s, but field %s of the request of %s is %s: write the"
                    + " column as %s")
                .formatted(
                    column,
                    spine.getTypeAt(index).asSummaryString(),
                    field.getName(),
                    group.spec().name(),
                    field.getType().asSummaryString(),
                    field.getType().asSummaryString()));
      }
    }
    return columns;
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
