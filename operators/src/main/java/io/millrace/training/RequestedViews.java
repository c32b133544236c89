package io.millrace.training;

import io.millrace.document.NearestName;
import io.millrace.features.CompiledView;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The views that a request needs, compiled, and the spine's columns that name their entities.
 *
 * @param views by name, in the order in which features of them are first asked for, or groups that
 *     take features from them
 * @param groups of on-demand features by name, in the order in which they are first asked for
 * @param features what is asked for, each once, without {@code *}
 */
public record RequestedViews(
    TrainingRequest request,
    Map<String, CompiledView> views,
    Map<String, CompiledGroup> groups,
    List<TrainingRequest.FeatureName> features) {

  /**
   * Compiles what is asked for.
   *
   * @param problems takes what is not there, each with the nearest that is
   */
  public static RequestedViews of(
      Pipeline pipeline, TrainingRequest request, List<String> problems) {
    Map<String, CompiledView> views = new LinkedHashMap<>();
    Map<String, CompiledGroup> groups = new LinkedHashMap<>();
    Function<FeatureViewSpec, CompiledView> compiled =
        view -> views.computeIfAbsent(view.name(), any -> CompiledView.of(pipeline, view));
    Set<TrainingRequest.FeatureName> features = new LinkedHashSet<>();
    Set<String> unknown = new LinkedHashSet<>();
    if (request.features().isEmpty()) {
      problems.add(
          "no features are asked for: name them in --features; " + viewsOf(pipeline, "there are"));
    }
    for (TrainingRequest.FeatureName name : request.features()) {
      Optional<FeatureViewSpec> spec = pipeline.featureView(name.view());
      Optional<OnDemandSpec> group = pipeline.onDemandGroup(name.view());
      if (spec.isEmpty() && group.isEmpty()) {
        if (unknown.add(name.view())) {
          problems.add(
              "there is no view %s in pipeline %s; %s"
                  .formatted(
                      name.view(),
                      pipeline.name(),
                      NearestName.suggestion(
                          name.view(), viewNames(pipeline), viewsOf(pipeline, "there are"))));
        }
        continue;
      }
      group.ifPresent(
          it -> groups.computeIfAbsent(it.name(), any -> CompiledGroup.of(pipeline, it, compiled)));
      List<String> known =
          spec.isPresent()
              ? compiled.apply(spec.get()).schema().values().getFieldNames()
              : groups.get(name.view()).values().getFieldNames();
      if (name.feature().equals(TrainingRequest.FeatureName.ALL)) {
        known.forEach(
            feature -> features.add(new TrainingRequest.FeatureName(name.view(), feature)));
      } else if (known.contains(name.feature())) {
        features.add(name);
      } else {
        problems.add(
            "%s %s has no feature %s; %s"
                .formatted(
                    spec.isPresent() ? "view" : "group",
                    name.view(),
                    name.feature(),
                    NearestName.suggestion(
                        name.feature(), known, "it has " + String.join(", ", known))));
      }
    }
    RequestedViews requested = new RequestedViews(request, views, groups, List.copyOf(features));
    requested.checkEntityColumns(problems);
    return requested;
  }

  private void checkEntityColumns(List<String> problems) {
    Set<String> fields = new LinkedHashSet<>();
    views.values().forEach(view -> fields.addAll(view.schema().entity().getFieldNames()));
    groups.values().forEach(group -> fields.addAll(group.spec().request().getFieldNames()));
    for (String field : request.entityColumns().keySet()) {
      if (!fields.isEmpty() && !fields.contains(field)) {
        problems.add(
            "no view that is asked for has an entity field %s; %s. Where the spine's column has"
                    .formatted(
                        field,
                        NearestName.suggestion(
                            field, fields, "they have " + String.join(", ", fields)))
                + " another name, write field=column");
      }
    }
  }

  private static List<String> viewNames(Pipeline pipeline) {
    return Stream.concat(
            pipeline.featureViews().stream().map(FeatureViewSpec::name),
            pipeline.onDemandGroups().stream().map(OnDemandSpec::name))
        .toList();
  }

  private static String viewsOf(Pipeline pipeline, String words) {
    Collection<String> names = viewNames(pipeline);
    return names.isEmpty() ? "the pipeline has no views" : words + " " + String.join(", ", names);
  }

  /** The spine's column of an entity field, or of a field of a group's request. */
  public String column(String field) {
    return request.entityColumns().getOrDefault(field, field);
  }

  /**
   * Types that views and requests give the spine's columns, for tables that have no types
   * themselves.
   */
  public Map<String, LogicalType> columnTypes() {
    Map<String, LogicalType> types = new LinkedHashMap<>();
    for (CompiledView view : views.values()) {
      for (RowType.RowField field : view.schema().entity().getFields()) {
        types.putIfAbsent(column(field.getName()), field.getType().copy(true));
      }
    }
    for (CompiledGroup group : groups.values()) {
      for (RowType.RowField field : group.spec().request().getFields()) {
        types.putIfAbsent(column(field.getName()), field.getType());
      }
    }
    return types;
  }
}
