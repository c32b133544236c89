package io.millrace.jobs.feast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.features.CompiledView;
import io.millrace.online.FeastNames;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * A Feast repository with those views of a pipeline that are kept in Feast's layout, so that its
 * SDK reads online what Millrace has written.
 *
 * <pre>
 * feature_store.yaml   project, Redis, entity keys of version 3
 * definitions.py       entities, and a feature view for each of ours
 * </pre>
 *
 * <p>Secrets are not written: the files name the environment variables {@value #USER} and {@value
 * #PASSWORD} where the store asks for them.
 */
public final class FeastRepository {
  /** Environment variable of Redis' user. */
  public static final String USER = "MILLRACE_REDIS_USER";

  /** Environment variable of Redis' password. */
  public static final String PASSWORD = "MILLRACE_REDIS_PASSWORD";

  private static final ObjectMapper TEXT = new ObjectMapper();

  private final Pipeline pipeline;
  private final String project;
  private final Map<FeatureViewSpec, FeatureSchema> views = new LinkedHashMap<>();
  private final Map<String, LogicalType> entityFields = new LinkedHashMap<>();

  private FeastRepository(Pipeline pipeline, String project) {
    this.pipeline = pipeline;
    this.project = project;
  }

  /**
   * @throws IllegalArgumentException if no view is in Feast's layout, if they are of several
   *     projects, or if two of them mean different things by one entity; the message says what to
   *     change
   */
  public static FeastRepository of(Pipeline pipeline) {
    List<FeatureViewSpec> feast =
        pipeline.featureViews().stream()
            .filter(view -> view.online().layout() == Layout.FEAST)
            .toList();
    if (feast.isEmpty()) {
      throw new IllegalArgumentException(
          "pipeline %s has no view in Feast's layout; give one online: {layout: feast}"
              .formatted(pipeline.name()));
    }
    TreeSet<String> projects =
        feast.stream()
            .map(view -> view.online().project())
            .collect(Collectors.toCollection(TreeSet::new));
    if (projects.size() > 1) {
      throw new IllegalArgumentException(
          "the views of pipeline %s are of the Feast projects %s; a repository is of one: give them the same online: {project: ...}"
              .formatted(pipeline.name(), String.join(", ", projects)));
    }
    FeastRepository repository = new FeastRepository(pipeline, projects.first());
    feast.forEach(repository::add);
    return repository;
  }

  private void add(FeatureViewSpec view) {
    FeatureSchema schema = CompiledView.of(pipeline, view).schema();
    views.put(view, schema);
    for (RowType.RowField field : schema.entity().getFields()) {
      LogicalType other = entityFields.putIfAbsent(field.getName(), field.getType());
      if (other != null && !FeastNames.type(other).equals(FeastNames.type(field.getType()))) {
        throw new IllegalArgumentException(
            "entity field %s is %s in view %s and %s in another; Feast knows an entity by its name: rename one"
                .formatted(
                    field.getName(),
                    field.getType().asSummaryString(),
                    view.name(),
                    other.asSummaryString()));
      }
    }
  }

  /** The views that are in it, in file order. */
  public List<String> views() {
    return views.keySet().stream().map(FeatureViewSpec::name).toList();
  }

  /** Writes both files, in place of those that may be there. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("feature_store.yaml"), store());
    Files.writeString(folder.resolve("definitions.py"), definitions());
  }

  /** The content of {@code feature_store.yaml}. */
  String store() {
    return """
    # Made from pipeline %s of Millrace, which writes the online store.
    project: %s
    provider: local
    registry: registry.db
    entity_key_serialization_version: 3
    online_store:
      type: redis
      redis_type: %s
      connection_string: %s
    offline_store:
      type: file
    """
        .formatted(
            pipeline.name(),
            quoted(project),
            pipeline.onlineStore().cluster() ? "redis_cluster" : "redis",
            quoted(FeastNames.connection(pipeline.onlineStore(), USER, PASSWORD)));
  }

  /** The content of {@code definitions.py}. */
  String definitions() {
    StringBuilder python = new StringBuilder();
    python
        .append("# Made from pipeline ")
        .append(pipeline.name())
        .append(" of Millrace, which writes the online store.\n")
        .append("# Apply with: feast apply --skip-source-validation\n")
        .append("from datetime import timedelta\n\n")
        .append("from feast import Entity, FeatureView, Field, FileSource, ValueType\n")
        .append("from feast.types import (  # noqa: F401\n")
        .append("    Array, Bool, Bytes, Float32, Float64, Int32, Int64, String, UnixTimestamp,\n")
        .append(")\n");
    entityFields.forEach(
        (field, type) ->
            python
                .append('\n')
                .append(variable("entity", field))
                .append(" = Entity(name=")
                .append(quoted(field))
                .append(", join_keys=[")
                .append(quoted(field))
                .append("], value_type=ValueType.")
                .append(valueType(type))
                .append(")\n"));
    views.forEach((view, schema) -> python.append('\n').append(definition(view, schema)));
    return python.toString();
  }

  private String definition(FeatureViewSpec view, FeatureSchema schema) {
    String fields =
        schema.values().getFields().stream()
            .map(
                field ->
                    "        Field(name=%s, dtype=%s),\n"
                        .formatted(quoted(field.getName()), FeastNames.type(field.getType())))
            .collect(Collectors.joining());
    String entities =
        schema.entity().getFieldNames().stream()
            .map(field -> variable("entity", field))
            .collect(Collectors.joining(", "));
    return """
    %s = FeatureView(
        name=%s,
        entities=[%s],
        ttl=timedelta(seconds=%d),
        schema=[
    %s    ],
        online=True,
        # Feast wants a source; the values come from the stream.
        source=FileSource(
            name=%s, path=%s, timestamp_field="event_time"
        ),
        tags={"millrace_pipeline": %s},
    )
    """
        .formatted(
            variable("view", view.name()),
            quoted(view.name()),
            entities,
            view.online().ttl().map(Duration::toSeconds).orElse(0L),
            fields,
            quoted(view.name() + "_history"),
            quoted("history/" + view.name() + ".parquet"),
            quoted(pipeline.name()));
  }

  private static String valueType(LogicalType type) {
    return switch (FeastNames.type(type)) {
      case "Bytes" -> "BYTES";
      case "String" -> "STRING";
      case "Int32" -> "INT32";
      case "Int64" -> "INT64";
      default -> "UNIX_TIMESTAMP";
    };
  }

  private static String variable(String prefix, String name) {
    return prefix + "_" + name.replaceAll("[^A-Za-z0-9_]", "_");
  }

  /** A text in quotes: JSON's are Python's and YAML's too. */
  private static String quoted(String text) {
    try {
      return TEXT.writeValueAsString(text);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
