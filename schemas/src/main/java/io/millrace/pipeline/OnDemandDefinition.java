package io.millrace.pipeline;

import io.millrace.pipeline.NamesInSql.Name;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an on-demand feature means, and what it is made of.
 *
 * @param name the feature
 * @param expression its SQL
 * @param requestFields what it takes from the request, in the group's order
 * @param features what it takes from views, each {@code view.feature}, or {@code view.*} of a view
 *     that is named without a feature ({@code view IS NULL}): then all of them are meant
 * @param sourceFields what those are made of, each {@code source.field}
 * @param fingerprint 16 hex digits: equal for equal meaning. Another expression, another type of a
 *     request field that it reads, or another meaning of a feature that it reads is another
 *     meaning.
 */
public record OnDemandDefinition(
    String name,
    String expression,
    List<String> requestFields,
    List<String> features,
    List<String> sourceFields,
    String fingerprint) {
  private static final String FORM = "millrace-on-demand-feature-1";

  public OnDemandDefinition {
    requestFields = List.copyOf(requestFields);
    features = List.copyOf(features);
    sourceFields = List.copyOf(sourceFields);
  }

  /** Of a group's features, in their order. */
  public static List<OnDemandDefinition> of(OnDemandSpec group, Pipeline pipeline) {
    Map<String, FeatureDefinition> known = new LinkedHashMap<>();
    Map<String, String> sources = new LinkedHashMap<>();
    for (FeatureViewSpec view : group.views(pipeline.featureViews())) {
      Source source = pipeline.source(view.source()).orElseThrow();
      for (FeatureDefinition feature : FeatureDefinition.of(view, source)) {
        known.put(view.name() + "." + feature.name(), feature);
        sources.put(view.name(), source.name());
      }
    }
    return group.features().stream().map(it -> of(it, group, known, sources)).toList();
  }

  private static OnDemandDefinition of(
      OnDemandSpec.Feature feature,
      OnDemandSpec group,
      Map<String, FeatureDefinition> known,
      Map<String, String> sources) {
    Set<String> names = new LinkedHashSet<>();
    Set<String> used = new LinkedHashSet<>();
    Set<String> shown = new LinkedHashSet<>();
    for (Name name : NamesInSql.of(feature.expression())) {
      names.add(name.first());
      String qualified = name.first() + "." + name.part();
      known.keySet().stream()
          .filter(
              it ->
                  name.part().isEmpty() ? it.startsWith(name.first() + ".") : it.equals(qualified))
          .forEach(
              it -> {
                used.add(it);
                shown.add(name.part().isEmpty() ? name.first() + ".*" : it);
              });
    }
    List<String> request =
        group.request().getFieldNames().stream().filter(names::contains).toList();
    List<String> features = known.keySet().stream().filter(used::contains).toList();
    Set<String> sourceFields = new LinkedHashSet<>();
    for (String each : features) {
      String source = sources.get(each.substring(0, each.indexOf('.')));
      known.get(each).sourceFields().forEach(field -> sourceFields.add(source + "." + field));
    }
    return new OnDemandDefinition(
        feature.name(),
        feature.expression(),
        request,
        new ArrayList<>(shown),
        new ArrayList<>(sourceFields),
        fingerprint(feature, group, request, features, known));
  }

  private static String fingerprint(
      OnDemandSpec.Feature feature,
      OnDemandSpec group,
      List<String> request,
      List<String> features,
      Map<String, FeatureDefinition> known) {
    StringBuilder text = new StringBuilder(FORM);
    text.append("\nexpression=").append(feature.expression().strip());
    for (String field : request.stream().sorted().toList()) {
      int index = group.request().getFieldIndex(field);
      text.append("\ntype of ")
          .append(field)
          .append('=')
          .append(group.request().getTypeAt(index).asSerializableString());
    }
    for (String each : features.stream().sorted().toList()) {
      text.append("\nfeature ").append(each).append('=').append(known.get(each).fingerprint());
    }
    return Fingerprint.of(text.toString());
  }
}
