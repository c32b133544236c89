package io.millrace.sql.catalog;

import io.millrace.features.CompiledView;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.RedisSignIn;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureSchema;
import io.millrace.sql.topics.RowMask.Treatment;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.types.logical.RowType;

/**
 * Feature views as Redis has them, to be looked up by entity and scanned.
 *
 * <p>What personal data a view shows is left out: its features are no columns, and a view whose
 * entity is personal has no such table at all, since whoever scans it would see all entities.
 */
final class OnlineTables {
  private OnlineTables() {}

  /** Whether a view has such a table. */
  static boolean isShown(Pipeline pipeline, FeatureViewSpec view, PiiPolicy policy) {
    Source source = pipeline.source(view.source()).orElseThrow();
    return !policy.masks()
        || view.entity().stream().noneMatch(field -> FeatureTables.isPii(source, field));
  }

  /**
   * @throws IllegalArgumentException if an expression of the view is refused
   */
  static PipelineTable of(Pipeline pipeline, FeatureViewSpec view, PiiPolicy policy) {
    FeatureSchema features = CompiledView.of(pipeline, view).schema();
    Source source = pipeline.source(view.source()).orElseThrow();
    Columns columns = FeatureTables.entityColumns(source, features, policy);
    Set<String> personal = policy.masks() ? FeatureTables.personalFeatures(view, source) : Set.of();
    Map<String, String> comments = FeatureTables.comments(view, source);
    for (RowType.RowField field : features.values().getFields()) {
      if (!personal.contains(field.getName())) {
        columns.add(
            field.getName(),
            field.getType().copy(true),
            comments.getOrDefault(field.getName(), ""),
            Treatment.KEEP);
      }
    }
    columns.add("_event_time", "TIMESTAMP_LTZ(3)", "The newest moment that the values take in.");
    columns.add("_revision", "BIGINT", "How many changes the values take in.");
    Schema.Builder schema = columns.schema().primaryKey(view.entity());
    return new PipelineTable(
        schema.build(),
        "Features of view "
            + view.name()
            + " as they are served now"
            + (personal.isEmpty()
                ? ""
                : "; without personal data: "
                    + String.join(", ", personal.stream().sorted().toList())),
        Map.of(),
        new Reading.Connector(options(pipeline, view), Set.of("patience", "batch", "linger")));
  }

  private static Map<String, String> options(Pipeline pipeline, FeatureViewSpec view) {
    OnlineStore store = pipeline.onlineStore();
    Map<String, String> options = new LinkedHashMap<>();
    options.put("connector", "millrace-redis");
    putAddress(store.redis().value(), options);
    options.put("pipeline", pipeline.name());
    options.put("view", view.name());
    options.put("layout", view.online().layout().name().toLowerCase(Locale.ROOT));
    if (view.online().layout() == FeatureViewSpec.Layout.FEAST) {
      options.put("project", view.online().project());
    }
    if (store.cluster()) {
      options.put("cluster", "true");
    }
    return options;
  }

  /** What signs in comes by itself: Flink masks it there, and prints addresses. */
  private static void putAddress(String redis, Map<String, String> options) {
    options.put("url", redis.replaceFirst("//[^/]*@", "//"));
    RedisSignIn signIn = RedisSignIn.of(URI.create(redis));
    signIn.user().ifPresent(user -> options.put("username", user));
    if (signIn.isGiven()) {
      options.put("password", signIn.password().value());
    }
  }
}
