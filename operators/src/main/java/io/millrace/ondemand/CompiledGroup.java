package io.millrace.ondemand;

import io.millrace.expressions.ExpressionException;
import io.millrace.expressions.RowCode;
import io.millrace.expressions.RowProgram;
import io.millrace.features.CompiledView;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.FeatureSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * A group with its expressions compiled. Immutable and thread safe; what evaluates it ({@link
 * GroupEvaluator}, {@link OnDemandReader}) is not.
 *
 * <p>An expression is compiled alone, so that one that fails on a row takes no other along: some
 * tens of milliseconds each, and about two seconds for the planner's first in a JVM.
 *
 * @param views those that expressions name, in the order of the file
 * @param features in the order of the group
 */
public record CompiledGroup(OnDemandSpec spec, List<CompiledView> views, List<Feature> features) {

  /**
   * A feature.
   *
   * @param type nullable
   */
  public record Feature(String name, LogicalType type, RowCode code) {
    /** The rows that the code yields. */
    RowType result() {
      return RowType.of(false, new LogicalType[] {type}, new String[] {name});
    }
  }

  public CompiledGroup {
    views = List.copyOf(views);
    features = List.copyOf(features);
  }

  /**
   * Compiles a group of a pipeline.
   *
   * @throws IllegalArgumentException if an expression is refused; a checked pipeline has no such
   */
  public static CompiledGroup of(Pipeline pipeline, OnDemandSpec group) {
    return of(pipeline, group, view -> CompiledView.of(pipeline, view));
  }

  /**
   * As above, over views that somebody compiles, or has compiled already.
   *
   * @throws IllegalArgumentException if an expression is refused
   */
  public static CompiledGroup of(
      Pipeline pipeline, OnDemandSpec group, Function<FeatureViewSpec, CompiledView> compiled) {
    List<CompiledView> views = group.views(pipeline.featureViews()).stream().map(compiled).toList();
    RowType input = input(group.request(), views.stream().map(CompiledView::schema).toList());
    List<Feature> features = new ArrayList<>();
    for (OnDemandSpec.Feature feature : group.features()) {
      try {
        RowProgram program = compile(input, feature.expression());
        features.add(
            new Feature(
                feature.name(), program.outputType().getTypeAt(0).copy(true), program.code()));
      } catch (ExpressionException e) {
        throw new IllegalArgumentException(
            "on-demand feature %s.%s, expression %s: %s"
                .formatted(group.name(), feature.name(), e.expression(), e.getMessage()),
            e);
      }
    }
    return new CompiledGroup(group, views, features);
  }

  static RowProgram compile(RowType input, String expression) throws ExpressionException {
    return RowProgram.compile(input, List.of(expression), Optional.empty());
  }

  /**
   * The rows that expressions speak of: the request's fields, then a row for each view, which is
   * null where the entity is not known. So is everything in it, by the rules of SQL.
   */
  static RowType input(RowType request, List<FeatureSchema> views) {
    List<RowType.RowField> fields = new ArrayList<>(request.getFields());
    for (FeatureSchema view : views) {
      List<RowType.RowField> values = new ArrayList<>();
      for (RowType.RowField value : view.values().getFields()) {
        values.add(new RowType.RowField(value.getName(), value.getType().copy(true)));
      }
      fields.add(new RowType.RowField(view.view(), new RowType(true, values)));
    }
    return new RowType(false, fields);
  }

  /** The group's features with their types, as a view has them. */
  public RowType values() {
    return new RowType(
        false, features.stream().map(it -> new RowType.RowField(it.name(), it.type())).toList());
  }

  /** Everything that names an entity of a view, each field once. */
  public Map<String, LogicalType> entityFields() {
    Map<String, LogicalType> fields = new LinkedHashMap<>();
    for (CompiledView view : views) {
      view.schema()
          .entity()
          .getFields()
          .forEach(field -> fields.putIfAbsent(field.getName(), field.getType()));
    }
    return fields;
  }

  /** An evaluator of all features, for use outside of jobs. */
  public GroupEvaluator evaluator() {
    return new GroupEvaluator(
        features.stream().map(Feature::code).toList(), CompiledGroup.class.getClassLoader());
  }
}
