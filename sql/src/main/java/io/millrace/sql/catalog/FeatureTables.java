package io.millrace.sql.catalog;

import io.millrace.contract.Field;
import io.millrace.features.CompiledView;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.FeatureDefinition;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureSchema;
import io.millrace.sql.topics.JsonRows;
import io.millrace.sql.topics.RowMask.Treatment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Feature views as tables. */
final class FeatureTables {

  /** Aggregates whose results are values of their input, not measures over many of them. */
  private static final Set<AggregateFunction> SHOWS_VALUES =
      EnumSet.of(
          AggregateFunction.MIN,
          AggregateFunction.MAX,
          AggregateFunction.FIRST,
          AggregateFunction.LAST,
          AggregateFunction.LAST_K,
          AggregateFunction.TOP_K,
          AggregateFunction.QUANTILE);

  private FeatureTables() {}

  /**
   * The newest features of each entity, as the view's topic tells of them.
   *
   * @throws IllegalArgumentException if an expression of the view is refused
   */
  static PipelineTable changelog(Pipeline pipeline, FeatureViewSpec view, PiiPolicy policy) {
    FeatureSchema features = CompiledView.of(pipeline, view).schema();
    Source source = pipeline.source(view.source()).orElseThrow();
    Columns entity = entityColumns(source, features, policy);
    Columns values = valueColumns(view, source, features, policy);
    Columns all = new Columns();
    all.list().addAll(entity.list());
    all.list().addAll(values.list());
    String eventTime = all.free("event_time");
    Columns newest = new Columns();
    newest.list().addAll(values.list());
    newest.add(
        eventTime,
        "TIMESTAMP_LTZ(3) NOT NULL",
        "The newest moment (event or decay) that the values take in.");
    newest.add(all.free("revision"), "BIGINT NOT NULL", "How many changes the values take in.");
    all.list().addAll(newest.list().subList(values.list().size(), newest.list().size()));

    Schema.Builder schema = all.schema();
    schema.primaryKey(view.entity());
    schema.watermark(
        eventTime, SourceTables.behind(eventTime, source.eventTime().outOfOrderness()));
    String topic = pipeline.topics().features(view.name());
    return new PipelineTable(
        schema.build(),
        "Features of view "
            + view.name()
            + ": the newest of each "
            + String.join(", ", view.entity())
            + (view.about().description().isBlank() ? "" : ". " + view.about().description()),
        Map.of("topic", topic),
        new Reading.Topic(
            KafkaOptions.of(
                pipeline.topics().bootstrapServers(), topic, pipeline.topics().properties()),
            Optional.of(keys(entity, policy)),
            values(features, newest, policy)));
  }

  private static JsonRows keys(Columns entity, PiiPolicy policy) {
    List<JsonRows.Column> columns = new ArrayList<>();
    for (int i = 0; i < entity.list().size(); i++) {
      columns.add(new JsonRows.Column(List.of(i), entity.list().get(i).type()));
    }
    return new JsonRows(entity.readType(), columns, List.of(), entity.mask(policy));
  }

  private static JsonRows values(FeatureSchema features, Columns columns, PiiPolicy policy) {
    LogicalType time = Columns.type("TIMESTAMP_LTZ(3)");
    LogicalType revision = Columns.type("BIGINT");
    RowType json =
        new RowType(
            List.of(
                new RowType.RowField("features", features.values().copy(true)),
                new RowType.RowField("event_time", time),
                new RowType.RowField("revision", revision)));
    List<JsonRows.Column> flat = new ArrayList<>();
    for (int i = 0; i < features.values().getFieldCount(); i++) {
      flat.add(new JsonRows.Column(List.of(0, i), columns.list().get(i).type()));
    }
    flat.add(new JsonRows.Column(List.of(1), time.copy(false)));
    flat.add(new JsonRows.Column(List.of(2), revision.copy(false)));
    return new JsonRows(json, flat, List.of(), columns.mask(policy));
  }

  static Columns entityColumns(Source source, FeatureSchema features, PiiPolicy policy) {
    Columns columns = new Columns();
    for (RowType.RowField field : features.entity().getFields()) {
      boolean hidden = policy.masks() && isPii(source, field.getName());
      columns.add(
          field.getName(),
          field.getType().copy(false),
          (hidden ? "Personal data, masked. " : "")
              + source.contract().field(field.getName()).map(Field::description).orElse("Entity."),
          hidden ? Treatment.PSEUDONYM : Treatment.KEEP);
    }
    return columns;
  }

  private static Columns valueColumns(
      FeatureViewSpec view, Source source, FeatureSchema features, PiiPolicy policy) {
    Set<String> personal = policy.masks() ? personalFeatures(view, source) : Set.of();
    Map<String, String> comments = comments(view, source);
    Columns columns = new Columns();
    for (RowType.RowField field : features.values().getFields()) {
      boolean hidden = personal.contains(field.getName());
      columns.add(
          field.getName(),
          field.getType().copy(true),
          (hidden ? "Personal data, masked. " : "") + comments.getOrDefault(field.getName(), ""),
          hidden ? Treatment.HIDE : Treatment.KEEP);
    }
    return columns;
  }

  static boolean isPii(Source source, String field) {
    return source.contract().field(field).map(Field::isPii).orElse(false);
  }

  /** Names of features that show values of fields classified as personal data. */
  static Set<String> personalFeatures(FeatureViewSpec view, Source source) {
    Set<String> personal = new HashSet<>();
    view.latest().stream().filter(field -> isPii(source, field)).forEach(personal::add);
    for (AggregationSpec aggregation : view.aggregations()) {
      if (SHOWS_VALUES.contains(aggregation.function())
          && FeatureDefinition.fieldsOf(aggregation.input(), source).stream()
              .anyMatch(it -> isPii(source, it))) {
        personal.addAll(aggregation.featureNames());
      }
    }
    return personal;
  }

  /** What each feature of a view is, for people. */
  static Map<String, String> comments(FeatureViewSpec view, Source source) {
    Map<String, String> comments = new LinkedHashMap<>();
    for (FeatureDefinition feature : FeatureDefinition.of(view, source)) {
      comments.put(
          feature.name(),
          view.isLatest()
              ? source.contract().field(feature.name()).map(Field::description).orElse("")
              : feature.computed()
                  + feature.window().map(it -> ", over " + it + ".").orElse(", over all time."));
    }
    return comments;
  }
}
