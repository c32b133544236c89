package io.millrace.pipeline;

import java.util.List;
import org.apache.flink.table.types.logical.RowType;

/**
 * A group of on-demand features as written: SQL expressions over what a request brings and over
 * features of views, evaluated when somebody asks.
 *
 * @param name asked for like a view; no view has it
 * @param request what the caller brings beside the entities: names and types, all of them nullable
 * @param features in file order
 * @param about what people want to know of it
 */
public record OnDemandSpec(
    String name, RowType request, List<Feature> features, FeatureViewSpec.About about) {

  /**
   * A feature of the group.
   *
   * @param expression Flink SQL; {@code view.feature} is a feature, a plain name is a field of the
   *     request
   */
  public record Feature(String name, String expression) {}

  public OnDemandSpec {
    features = List.copyOf(features);
  }

  /** The views that expressions name, in the order of the file; their entities have to be given. */
  public List<FeatureViewSpec> views(List<FeatureViewSpec> all) {
    List<String> named =
        features.stream()
            .flatMap(feature -> NamesInSql.of(feature.expression()).stream())
            .map(NamesInSql.Name::first)
            .toList();
    return all.stream().filter(view -> named.contains(view.name())).toList();
  }
}
