package io.millrace.sql.catalog;

import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The tables of one pipeline, by name: its sources, its views, its collections, and the topics of
 * Millrace. A name that is taken gets an underscore behind it; sources come first, then views.
 */
final class PipelineTables {

  private final Pipeline pipeline;
  private final PiiPolicy policy;
  // A view's columns are known once its SQL is compiled, which takes a planner: on demand.
  private final Map<String, Supplier<PipelineTable>> tables = new LinkedHashMap<>();
  private final Map<String, PipelineTable> made = new LinkedHashMap<>();

  PipelineTables(Pipeline pipeline, PiiPolicy policy) {
    this.pipeline = pipeline;
    this.policy = policy;
    pipeline.sources().forEach(this::source);
    pipeline.featureViews().forEach(this::view);
    pipeline
        .embeddings()
        .forEach(it -> put(it.name(), () -> VectorTables.of(pipeline, it, policy)));
    pipeline.offline().ifPresent(this::history);
    OwnTopics.of(pipeline, policy).forEach((name, table) -> put(name, () -> table));
  }

  private void source(Source source) {
    if (source.origin() instanceof KafkaOrigin kafka) {
      put(source.name(), () -> SourceTables.topic(source, kafka, policy));
    } else if (source.origin() instanceof PostgresOrigin postgres) {
      put(source.name(), () -> DatabaseTables.of(source, postgres, policy));
    }
  }

  private void view(FeatureViewSpec view) {
    if (view.topic()) {
      put(view.name(), () -> FeatureTables.changelog(pipeline, view, policy));
    }
    if (OnlineTables.isShown(pipeline, view, policy)) {
      put(view.name() + "_online", () -> OnlineTables.of(pipeline, view, policy));
    }
  }

  private void history(OfflineSpec offline) {
    for (String name : offline.sources()) {
      Source source = pipeline.source(name).orElseThrow();
      put(name + HistoryTables.HISTORY, () -> HistoryTables.of(pipeline, source, policy));
    }
    for (String name : offline.views()) {
      FeatureViewSpec view = pipeline.featureView(name).orElseThrow();
      put(name + HistoryTables.HISTORY, () -> HistoryTables.of(pipeline, view, policy));
    }
  }

  private void put(String name, Supplier<PipelineTable> table) {
    if (tables.containsKey(name)) {
      put(name + "_", table);
    } else {
      tables.put(name, table);
    }
  }

  Pipeline pipeline() {
    return pipeline;
  }

  List<String> names() {
    return new ArrayList<>(tables.keySet());
  }

  /**
   * @throws IllegalArgumentException if the table's definition in the pipeline file is wrong
   */
  synchronized Optional<PipelineTable> table(String name) {
    Supplier<PipelineTable> table = tables.get(name);
    return Optional.ofNullable(
        table == null ? null : made.computeIfAbsent(name, ignored -> table.get()));
  }
}
