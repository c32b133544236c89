package io.millrace.jobs.registry;

import io.millrace.features.CompiledView;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.pipeline.FeatureDefinition;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.OnDemandDefinition;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.table.types.logical.RowType;

/**
 * A view as the registry shows it, or a group of on-demand features. The components' names are
 * those of {@code registry show --json}.
 *
 * @param source of a view; empty for a group
 * @param origin the topic or table that its source reads; of a group the views that it takes
 *     features from
 * @param request what a caller of a group brings, each with its type; empty for a view
 * @param online where a model server reads it
 * @param topic where changes of it are published; empty for nowhere
 * @param ttl_seconds time after the last write when it is gone; 0 for never
 */
public record RegisteredView(
    String pipeline,
    String view,
    String description,
    String owner,
    int version,
    List<String> entity,
    String source,
    String origin,
    List<String> request,
    String online,
    long ttl_seconds,
    String topic,
    List<RegisteredFeature> features) {

  /**
   * A feature.
   *
   * @param inputs of an on-demand feature: fields of the request, and features, that it is made of
   * @param source_fields fields of the source that it is made of; of an on-demand feature those
   *     that its features are made of, with their source
   * @param status accepted, new or changed; empty when nothing was accepted yet
   */
  public record RegisteredFeature(
      String name,
      String type,
      String computed,
      String window,
      String condition,
      List<String> inputs,
      List<String> source_fields,
      String fingerprint,
      String status) {}

  /**
   * @param changes those of the pipeline, see {@link FeatureLocks}
   * @param locked whether anything was accepted of it
   */
  static RegisteredView of(
      Pipeline pipeline, FeatureViewSpec view, List<FeatureChange> changes, boolean locked) {
    Source source = pipeline.source(view.source()).orElseThrow();
    RowType types = CompiledView.of(pipeline, view).schema().values();
    List<FeatureDefinition> definitions = FeatureDefinition.of(view, source);
    return new RegisteredView(
        pipeline.name(),
        view.name(),
        view.about().description(),
        view.about().owner(),
        view.about().version(),
        view.entity(),
        source.name(),
        origin(source.origin()),
        List.of(),
        online(pipeline, view),
        view.online().ttl().map(ttl -> ttl.toSeconds()).orElse(0L),
        view.topic() ? pipeline.topics().features(view.name()) : "",
        IntStream.range(0, definitions.size())
            .mapToObj(
                i ->
                    feature(
                        definitions.get(i),
                        types.getTypeAt(i).asSummaryString(),
                        locked ? status(view.name(), definitions.get(i).name(), changes) : ""))
            .toList());
  }

  /** As above, of a group. */
  static RegisteredView of(
      Pipeline pipeline, OnDemandSpec spec, List<FeatureChange> changes, boolean locked) {
    CompiledGroup group = CompiledGroup.of(pipeline, spec);
    List<OnDemandDefinition> definitions = OnDemandDefinition.of(spec, pipeline);
    List<String> views = group.views().stream().map(view -> view.view().name()).toList();
    return new RegisteredView(
        pipeline.name(),
        spec.name(),
        spec.about().description(),
        spec.about().owner(),
        spec.about().version(),
        List.copyOf(group.entityFields().keySet()),
        "",
        views.isEmpty() ? "request" : "request, " + String.join(", ", views),
        spec.request().getFields().stream()
            .map(field -> field.getName() + " " + field.getType().asSummaryString())
            .toList(),
        "whoever asks, on demand",
        0,
        "",
        IntStream.range(0, definitions.size())
            .mapToObj(
                i ->
                    feature(
                        definitions.get(i),
                        group.features().get(i).type().asSummaryString(),
                        locked ? status(spec.name(), definitions.get(i).name(), changes) : ""))
            .toList());
  }

  private static RegisteredFeature feature(OnDemandDefinition of, String type, String status) {
    return new RegisteredFeature(
        of.name(),
        type,
        of.expression().strip(),
        "",
        "",
        Stream.concat(of.requestFields().stream(), of.features().stream()).toList(),
        of.sourceFields(),
        of.fingerprint(),
        status);
  }

  private static RegisteredFeature feature(FeatureDefinition of, String type, String status) {
    return new RegisteredFeature(
        of.name(),
        type,
        of.computed(),
        of.window().orElse(""),
        of.condition().orElse(""),
        List.of(),
        of.sourceFields(),
        of.fingerprint(),
        status);
  }

  private static String status(String view, String feature, List<FeatureChange> changes) {
    Optional<FeatureChange> change =
        changes.stream()
            .filter(it -> it.view().equals(view) && it.feature().equals(feature))
            .findFirst();
    return change
        .map(it -> it.kind() == FeatureChange.Kind.ADDED ? "new" : "changed")
        .orElse("accepted");
  }

  private static String origin(Source.Origin origin) {
    return origin instanceof KafkaOrigin kafka
        ? "topic " + kafka.topic()
        : "table " + ((PostgresOrigin) origin).schema() + "." + ((PostgresOrigin) origin).table();
  }

  private static String online(Pipeline pipeline, FeatureViewSpec view) {
    return view.online().layout() == FeatureViewSpec.Layout.FEAST
        ? "Redis, layout feast, project " + view.online().project()
        : "Redis, layout %s, millrace:%s:%s:..."
            .formatted(
                view.online().layout().name().toLowerCase(Locale.ROOT),
                pipeline.name(),
                view.name());
  }

  /** Whether a text stands in anything that is said of the view or of its features. */
  public boolean mentions(String text) {
    return Stream.concat(
            Stream.of(
                pipeline,
                view,
                description,
                owner,
                source,
                origin,
                entity.toString(),
                request.toString()),
            features.stream().map(RegisteredFeature::toString))
        .anyMatch(each -> each.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
  }
}
