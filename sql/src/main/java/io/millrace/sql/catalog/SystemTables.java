package io.millrace.sql.catalog;

import io.millrace.document.Problem;
import io.millrace.features.CompiledView;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.FeatureDefinition;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnDemandDefinition;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;

/** The database {@code system}: what the catalog knows about pipelines themselves. */
final class SystemTables {

  private final PipelineFolder folder;
  private final Map<String, PipelineTable> tables = new LinkedHashMap<>();

  private SystemTables(PipelineFolder folder) {
    this.folder = folder;
  }

  static Map<String, PipelineTable> of(PipelineFolder folder) {
    SystemTables system = new SystemTables(folder);
    system.pipelines();
    system.features();
    system.collections();
    system.models();
    system.problems();
    return system.tables;
  }

  private void add(String name, String comment, Columns columns, Supplier<List<RowData>> rows) {
    tables.put(
        name,
        new PipelineTable(columns.schema().build(), comment, Map.of(), new Reading.Known(rows)));
  }

  private void pipelines() {
    Columns columns =
        new Columns()
            .add("pipeline", "STRING", "Its name and that of its database; null if unreadable.")
            .add("file", "STRING NOT NULL", "The pipeline file.")
            .add("status", "STRING NOT NULL", "ready, or broken: see problems.")
            .add("sources", "INT NOT NULL", "Number of sources.")
            .add("feature_views", "INT NOT NULL", "Number of feature views.")
            .add("drift_monitors", "INT NOT NULL", "Number of drift monitors.")
            .add("embeddings", "INT NOT NULL", "Number of embeddings.")
            .add("problems", "INT NOT NULL", "Number of problems found when it was read.");
    add(
        "pipelines",
        "Every pipeline file of the folder.",
        columns,
        () -> {
          List<RowData> rows = new ArrayList<>();
          for (PipelineFolder.Entry entry : folder.entries()) {
            Optional<Pipeline> draft = entry.file().draft();
            rows.add(
                GenericRowData.of(
                    entry.name().isEmpty() ? null : text(entry.name()),
                    text(entry.file().path().toString()),
                    text(entry.pipeline().isPresent() ? "ready" : "broken"),
                    draft.map(it -> it.sources().size()).orElse(0),
                    draft.map(it -> it.featureViews().size()).orElse(0),
                    draft.map(it -> it.driftMonitors().size()).orElse(0),
                    draft.map(it -> it.embeddings().size()).orElse(0),
                    entry.problems().size()));
          }
          return rows;
        });
  }

  private void problems() {
    Columns columns =
        new Columns()
            .add("file", "STRING NOT NULL", "The file with the problem.")
            .add("line", "INT NOT NULL", "Where, from 1.")
            .add("path", "STRING", "The key in the file; empty for the file itself.")
            .add("found", "STRING", "What is there.")
            .add("expected", "STRING", "What could be there.")
            .add("fix", "STRING", "What to do.");
    add(
        "problems",
        "What is wrong with pipeline files and contracts; their pipelines have no tables.",
        columns,
        () -> {
          List<RowData> rows = new ArrayList<>();
          for (Problem problem : Problem.sorted(folder.problems())) {
            rows.add(
                GenericRowData.of(
                    text(problem.file()),
                    problem.line(),
                    text(problem.path()),
                    text(problem.found()),
                    text(problem.expected()),
                    text(problem.fix())));
          }
          return rows;
        });
  }

  private void features() {
    Columns columns =
        new Columns()
            .add("pipeline", "STRING NOT NULL", "The pipeline.")
            .add("view", "STRING NOT NULL", "The feature view.")
            .add("feature", "STRING NOT NULL", "The feature: a column of the view's tables.")
            .add("type", "STRING", "Its type in SQL.")
            .add("entity", "ARRAY<STRING> NOT NULL", "Fields that name what it is a feature of.")
            .add("computed", "STRING NOT NULL", "How: the aggregate and its input, newest, or SQL.")
            .add("window", "STRING", "Over which time; null for all time, or the newest row.")
            .add("source", "STRING", "The source of the rows; null for on-demand features.")
            .add("source_fields", "ARRAY<STRING> NOT NULL", "Fields of the source it is made of.")
            .add("condition", "STRING", "Which rows count.")
            .add("personal", "BOOLEAN NOT NULL", "Whether it shows values of personal data.")
            .add("online", "STRING", "Layout in Redis: hash or feast; null for on-demand features.")
            .add("topic", "STRING", "The topic that tells of it; null for none.")
            .add("fingerprint", "STRING NOT NULL", "Equal for features of equal meaning.")
            .add("version", "INT NOT NULL", "Version of its view.")
            .add("owner", "STRING", "Who answers for the view.")
            .add("description", "STRING", "What the view is about.");
    add(
        "features",
        "Every feature with its lineage: from fields of a source to where it is kept.",
        columns,
        () -> {
          List<RowData> rows = new ArrayList<>();
          for (Pipeline pipeline : folder.pipelines()) {
            pipeline.featureViews().forEach(view -> features(pipeline, view, rows));
            pipeline.onDemandGroups().forEach(group -> onDemand(pipeline, group, rows));
          }
          return rows;
        });
  }

  private static void features(Pipeline pipeline, FeatureViewSpec view, List<RowData> rows) {
    Source source = pipeline.source(view.source()).orElseThrow();
    Set<String> personal = FeatureTables.personalFeatures(view, source);
    Optional<RowType> types = types(pipeline, view);
    for (FeatureDefinition feature : FeatureDefinition.of(view, source)) {
      int position = types.map(it -> it.getFieldIndex(feature.name())).orElse(-1);
      rows.add(
          GenericRowData.of(
              text(pipeline.name()),
              text(view.name()),
              text(feature.name()),
              position < 0 ? null : text(types.get().getTypeAt(position).asSerializableString()),
              texts(view.entity()),
              text(feature.computed()),
              feature.window().map(SystemTables::text).orElse(null),
              text(source.name()),
              texts(feature.sourceFields()),
              feature.condition().map(SystemTables::text).orElse(null),
              personal.contains(feature.name()),
              text(view.online().layout().name().toLowerCase(Locale.ROOT)),
              view.topic() ? text(pipeline.topics().features(view.name())) : null,
              text(feature.fingerprint()),
              view.about().version(),
              text(view.about().owner()),
              text(view.about().description())));
    }
  }

  private static void onDemand(Pipeline pipeline, OnDemandSpec spec, List<RowData> rows) {
    Set<String> entity = new LinkedHashSet<>();
    Set<String> personal = new HashSet<>();
    for (FeatureViewSpec view : spec.views(pipeline.featureViews())) {
      entity.addAll(view.entity());
      Source source = pipeline.source(view.source()).orElseThrow();
      FeatureTables.personalFeatures(view, source)
          .forEach(feature -> personal.add(view.name() + "." + feature));
    }
    Optional<RowType> types = types(pipeline, spec);
    for (OnDemandDefinition feature : OnDemandDefinition.of(spec, pipeline)) {
      int position = types.map(it -> it.getFieldIndex(feature.name())).orElse(-1);
      rows.add(
          GenericRowData.of(
              text(pipeline.name()),
              text(spec.name()),
              text(feature.name()),
              position < 0 ? null : text(types.get().getTypeAt(position).asSerializableString()),
              texts(List.copyOf(entity)),
              text(feature.expression().strip()),
              null,
              null,
              texts(feature.sourceFields()),
              null,
              feature.features().stream().anyMatch(personal::contains),
              null,
              null,
              text(feature.fingerprint()),
              spec.about().version(),
              text(spec.about().owner()),
              text(spec.about().description())));
    }
  }

  /** Types of a view's features; empty when its SQL is refused. */
  private static Optional<RowType> types(Pipeline pipeline, FeatureViewSpec view) {
    try {
      return Optional.of(CompiledView.of(pipeline, view).schema().values());
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  private static Optional<RowType> types(Pipeline pipeline, OnDemandSpec group) {
    try {
      return Optional.of(CompiledGroup.of(pipeline, group).values());
    } catch (IllegalArgumentException refused) {
      return Optional.empty();
    }
  }

  private void collections() {
    Columns columns =
        new Columns()
            .add("pipeline", "STRING NOT NULL", "The pipeline.")
            .add("embedding", "STRING NOT NULL", "The embedding that fills it.")
            .add("collection", "STRING NOT NULL", "The collection of Qdrant.")
            .add("source", "STRING NOT NULL", "The source of the rows.")
            .add("key", "ARRAY<STRING> NOT NULL", "Fields that tell its rows apart.")
            .add("model", "STRING NOT NULL", "The model of the vectors.")
            .add("tenant", "STRING", "Field that keeps owners apart; null for none.")
            .add("payload", "ARRAY<STRING> NOT NULL", "Fields that points carry.")
            .add("indexes", "ARRAY<STRING> NOT NULL", "Fields that searches filter by.");
    add(
        "collections",
        "Every collection of vectors.",
        columns,
        () -> {
          List<RowData> rows = new ArrayList<>();
          for (Pipeline pipeline : folder.pipelines()) {
            for (EmbeddingSpec embedding : pipeline.embeddings()) {
              rows.add(
                  GenericRowData.of(
                      text(pipeline.name()),
                      text(embedding.name()),
                      text(embedding.qdrant().collection()),
                      text(embedding.source()),
                      texts(embedding.key()),
                      text(embedding.model().name()),
                      embedding.qdrant().tenant().map(SystemTables::text).orElse(null),
                      texts(embedding.qdrant().payload()),
                      texts(embedding.qdrant().indexes())));
            }
          }
          return rows;
        });
  }

  private void models() {
    Columns columns =
        new Columns()
            .add("pipeline", "STRING", "The pipeline; null for those in every database.")
            .add("name", "STRING NOT NULL", "Its name in SQL, for ML_PREDICT.")
            .add("model", "STRING NOT NULL", "The model, as vectors know it.")
            .add("precision", "STRING NOT NULL", "In which numbers it computes.")
            .add("purpose", "STRING NOT NULL", "passage: texts to be found; query: to find them.");
    add(
        "models",
        "Every sentence model in reach.",
        columns,
        () -> {
          List<RowData> rows = new ArrayList<>();
          models(null, Models.known(), rows);
          for (Pipeline pipeline : folder.pipelines()) {
            models(text(pipeline.name()), Models.of(pipeline), rows);
          }
          return rows;
        });
  }

  private static void models(
      StringData pipeline, Map<String, Models.Entry> models, List<RowData> rows) {
    models.forEach(
        (name, model) ->
            rows.add(
                GenericRowData.of(
                    pipeline,
                    text(name),
                    text(model.model()),
                    text(model.precision()),
                    text(model.purpose()))));
  }

  private static StringData text(String value) {
    return StringData.fromString(value);
  }

  private static GenericArrayData texts(List<String> values) {
    return new GenericArrayData(values.stream().map(SystemTables::text).toArray());
  }
}
