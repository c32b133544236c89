package io.millrace.ondemand;

import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import io.millrace.expressions.ExpressionCure;
import io.millrace.expressions.ExpressionException;
import io.millrace.features.CompiledView;
import io.millrace.online.JavaValues;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.NamesInSql;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.records.FeatureSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Checks of a pipeline file's on-demand features that need Flink's planner. Costs some tens of
 * milliseconds for each expression, and for each view that one names.
 */
public final class OnDemandChecks {
  private static final String SECTION = "on_demand";

  private final PipelineFile file;
  private final Pipeline draft;
  private final List<Problem> problems = new ArrayList<>();

  /** Empty for a view that cannot be compiled, which is told elsewhere. */
  private final Map<String, Optional<FeatureSchema>> schemas = new HashMap<>();

  private OnDemandChecks(PipelineFile file, Pipeline draft) {
    this.file = file;
    this.draft = draft;
  }

  /** The problems of all groups, beyond those the file itself reports. */
  public static List<Problem> problems(PipelineFile file) {
    if (file.draft().isEmpty()) {
      return List.of();
    }
    OnDemandChecks checks = new OnDemandChecks(file, file.draft().get());
    checks.draft.onDemandGroups().forEach(checks::check);
    return checks.problems;
  }

  private void check(OnDemandSpec group) {
    checkEntities(group);
    for (OnDemandSpec.Feature feature : group.features()) {
      check(group, feature);
    }
  }

  private Optional<FeatureSchema> schema(FeatureViewSpec view) {
    return schemas.computeIfAbsent(
        view.name(),
        name -> {
          boolean broken =
              file.problems().stream().anyMatch(it -> within(it.path(), "features." + name));
          try {
            return broken ? Optional.empty() : Optional.of(CompiledView.of(draft, view).schema());
          } catch (IllegalArgumentException refused) {
            return Optional.empty();
          }
        });
  }

  private static boolean within(String path, String of) {
    return path.equals(of) || path.startsWith(of + ".") || path.startsWith(of + "[");
  }

  /** An entity field is given once, whatever the number of views that have it. */
  private void checkEntities(OnDemandSpec group) {
    Map<String, LogicalType> types = new HashMap<>();
    for (FeatureViewSpec view : group.views(draft.featureViews())) {
      for (RowType.RowField field :
          schema(view).map(it -> it.entity().getFields()).orElse(List.of())) {
        LogicalType other = types.putIfAbsent(field.getName(), field.getType().copy(true));
        LogicalType asked = requestType(group, field.getName()).orElse(field.getType());
        for (LogicalType differing :
            Stream.of(Optional.ofNullable(other), Optional.of(asked))
                .flatMap(Optional::stream)
                .filter(it -> !it.copy(true).equals(field.getType().copy(true)))
                .distinct()
                .toList()) {
          problems.add(
              file.at(SECTION, group.name())
                  .problem(
                      "the entity field \"%s\", which is %s in view %s and %s elsewhere"
                          .formatted(
                              field.getName(),
                              field.getType().copy(true).asSummaryString(),
                              view.name(),
                              differing.copy(true).asSummaryString()),
                      "one type of a field, as it is given once with a request",
                      "make two groups, or change a type"));
        }
      }
    }
  }

  private static Optional<LogicalType> requestType(OnDemandSpec group, String field) {
    int index = group.request().getFieldIndex(field);
    return index < 0 ? Optional.empty() : Optional.of(group.request().getTypeAt(index));
  }

  private void check(OnDemandSpec group, OnDemandSpec.Feature feature) {
    YamlValue place = file.at(SECTION, group.name(), "features", feature.name());
    List<FeatureSchema> views = new ArrayList<>();
    for (FeatureViewSpec view : group.views(draft.featureViews())) {
      Optional<FeatureSchema> schema = schema(view);
      boolean unusable = schema.isEmpty() || !featuresAreKnown(feature, schema.get(), place);
      if (unusable && mentions(feature, view.name())) {
        return;
      }
      // Also those that only other features name: so that this is the program which will run.
      schema.ifPresent(views::add);
    }
    if (!featuresAreQualified(group, feature, views, place)) {
      return;
    }
    RowType input = CompiledGroup.input(group.request(), views);
    try {
      checkType(feature, CompiledGroup.compile(input, feature.expression()).outputType(), place);
    } catch (ExpressionException refused) {
      problems.add(
          place.problem(
              "the expression " + YamlValue.quote(place.text()) + ": " + refused.getMessage(),
              "Flink SQL over fields of the request and features of views, written view.feature",
              cure(group, refused, input)));
    }
  }

  private static boolean mentions(OnDemandSpec.Feature feature, String view) {
    return NamesInSql.of(feature.expression()).stream().anyMatch(it -> it.first().equals(view));
  }

  private boolean featuresAreKnown(
      OnDemandSpec.Feature feature, FeatureSchema view, YamlValue place) {
    List<String> known = view.values().getFieldNames();
    List<String> unknown =
        NamesInSql.of(feature.expression()).stream()
            .filter(it -> it.first().equals(view.view()) && !it.part().isEmpty())
            .map(NamesInSql.Name::part)
            .filter(part -> !known.contains(part))
            .distinct()
            .toList();
    for (String name : unknown) {
      problems.add(
          place.problem(
              "the feature \"%s\", which view %s lacks".formatted(name, view.view()),
              "one of " + String.join(", ", known),
              NearestName.suggestion(name, known, "choose one of these")));
    }
    return unknown.isEmpty();
  }

  /**
   * Flink looks for a plain name in nested rows, too; but then it would depend on what other views
   * the group has, and what a feature is made of could not be read from its text.
   */
  private boolean featuresAreQualified(
      OnDemandSpec group,
      OnDemandSpec.Feature feature,
      List<FeatureSchema> views,
      YamlValue place) {
    Set<String> plain =
        NamesInSql.of(feature.expression()).stream()
            .filter(name -> !name.called())
            .map(NamesInSql.Name::first)
            .filter(name -> group.request().getFieldIndex(name) < 0)
            .filter(name -> views.stream().noneMatch(view -> view.view().equals(name)))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    boolean qualified = true;
    for (String name : plain) {
      String owners =
          views.stream()
              .filter(view -> view.values().getFieldNames().contains(name))
              .map(view -> view.view() + "." + name)
              .collect(Collectors.joining(" or "));
      if (!owners.isEmpty()) {
        qualified = false;
        problems.add(
            place.problem(
                "the feature \"" + name + "\" without its view",
                "features written view.feature",
                "write " + owners));
      }
    }
    return qualified;
  }

  private String cure(OnDemandSpec group, ExpressionException refused, RowType input) {
    String unknown = ExpressionCure.unknownName(refused).orElse("");
    boolean onDemand =
        group.features().stream().anyMatch(it -> it.name().equals(unknown))
            || draft.onDemandGroup(unknown).isPresent();
    if (onDemand) {
      return "\"" + unknown + "\" is on demand itself: write its expression in its place";
    }
    List<String> owners =
        draft.featureViews().stream()
            .filter(
                view ->
                    schema(view)
                        .map(it -> it.values().getFieldNames().contains(unknown))
                        .orElse(false))
            .map(view -> view.name() + "." + unknown)
            .toList();
    if (!owners.isEmpty()) {
      return "write " + String.join(" or ", owners);
    }
    List<String> names =
        Stream.concat(
                input.getFieldNames().stream(),
                draft.featureViews().stream().map(FeatureViewSpec::name))
            .distinct()
            .toList();
    return names.isEmpty()
        ? "name fields in request: {field: TYPE}"
        : ExpressionCure.of(refused, names);
  }

  private void checkType(OnDemandSpec.Feature feature, RowType result, YamlValue place) {
    LogicalType type = result.getTypeAt(0).copy(true);
    try {
      JavaValues.getters("feature " + feature.name(), result);
    } catch (IllegalArgumentException unsuited) {
      problems.add(
          place.problem(
              "an expression of type " + type.asSummaryString(),
              "a text, a number, a truth value, bytes, a date, a time, a timestamp, or an array of"
                  + " such",
              "select a part of it, or CAST it"));
    }
  }
}
