package io.millrace.jobs.cli;

import io.millrace.contract.Contract;
import io.millrace.drift.DriftInputs;
import io.millrace.embedding.EmbeddingPlan;
import io.millrace.features.CompiledView;
import io.millrace.features.FeaturePlan;
import io.millrace.features.StateEstimate;
import io.millrace.jobs.cli.PipelinePlan.PlannedColumn;
import io.millrace.jobs.cli.PipelinePlan.PlannedDuplicates;
import io.millrace.jobs.cli.PipelinePlan.PlannedEmbedding;
import io.millrace.jobs.cli.PipelinePlan.PlannedFeature;
import io.millrace.jobs.cli.PipelinePlan.PlannedField;
import io.millrace.jobs.cli.PipelinePlan.PlannedGroup;
import io.millrace.jobs.cli.PipelinePlan.PlannedMonitor;
import io.millrace.jobs.cli.PipelinePlan.PlannedSource;
import io.millrace.jobs.cli.PipelinePlan.PlannedState;
import io.millrace.jobs.cli.PipelinePlan.PlannedStore;
import io.millrace.jobs.cli.PipelinePlan.PlannedTable;
import io.millrace.jobs.cli.PipelinePlan.PlannedTopic;
import io.millrace.jobs.cli.PipelinePlan.PlannedView;
import io.millrace.jobs.offline.OfflineTables;
import io.millrace.offline.TableLayout;
import io.millrace.ondemand.CompiledGroup;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.BlockingRule;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.pipeline.Durations;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.OfflineSpec.Content;
import io.millrace.pipeline.OnDemandSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.QdrantSpec;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.table.types.logical.RowType;

/** Works out what a checked pipeline would run, without touching any server. */
final class Planner {

  private final Pipeline pipeline;

  Planner(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * @throws IllegalArgumentException when the pipeline cannot be built; the message says why
   */
  PipelinePlan plan() {
    return new PipelinePlan(
        pipeline.name(),
        pipeline.sources().stream().map(this::source).toList(),
        pipeline.featureViews().stream().map(this::view).toList(),
        pipeline.onDemandGroups().stream().map(this::group).toList(),
        pipeline.embeddings().stream().map(this::embedding).toList(),
        pipeline.driftMonitors().stream().map(this::monitor).toList(),
        topics(),
        new PlannedStore(
            withoutUser(pipeline.onlineStore().redis().value()),
            pipeline.onlineStore().cluster(),
            Durations.format(pipeline.onlineStore().patience())),
        pipeline.offline().isPresent()
            ? OfflineTables.layouts(pipeline).stream().map(this::table).toList()
            : List.of(),
        JobOperators.of(pipeline));
  }

  private PlannedTable table(TableLayout layout) {
    return new PlannedTable(
        pipeline.name() + "." + layout.table().name(),
        switch (layout.table().content()) {
          case EVENTS -> "rows of " + layout.table().owner();
          case CHANGES -> "changes of " + layout.table().owner();
          case STATE ->
              "rows of "
                  + layout.table().owner()
                  + " as they are, by "
                  + String.join(", ", layout.key());
          case VECTORS -> "vectors of " + layout.table().owner();
        },
        layout.table().content() == Content.STATE ? "" : "day of " + TableLayout.EVENT_TIME,
        layout.columns().getFieldCount());
  }

  private static String withoutUser(String url) {
    return url.replaceFirst("//[^/@]*@", "//***@");
  }

  private PlannedSource source(Source source) {
    Contract contract = source.contract();
    return new PlannedSource(
        source.name(),
        origin(source.origin()),
        contract.name() + " " + contract.version() + ", " + contract.fields().size() + " fields",
        eventTime(source),
        Stream.of(
                pipeline.featureViews().stream()
                    .filter(view -> view.source().equals(source.name()))
                    .map(FeatureViewSpec::name),
                pipeline.embeddings().stream()
                    .filter(it -> it.source().equals(source.name()))
                    .map(EmbeddingSpec::name),
                pipeline.driftMonitors().stream()
                    .filter(it -> !it.inputIsView() && it.input().equals(source.name()))
                    .map(DriftMonitorSpec::name),
                pipeline.offline().stream()
                    .filter(it -> it.sources().contains(source.name()))
                    .map(any -> "its history"))
            .flatMap(names -> names)
            .toList());
  }

  private static String origin(Source.Origin origin) {
    if (origin instanceof KafkaOrigin kafka) {
      return "Kafka topic %s at %s, %s, group %s, from %s"
          .formatted(
              kafka.topic(),
              kafka.bootstrapServers(),
              kafka.format().keyword(),
              kafka.groupId(),
              kafka.startFrom().name().toLowerCase(Locale.ROOT));
    }
    PostgresOrigin postgres = (PostgresOrigin) origin;
    return "Postgres table %s.%s at %s:%d/%s, slot %s, snapshot and then changes"
        .formatted(
            postgres.schema(),
            postgres.table(),
            postgres.host(),
            postgres.port(),
            postgres.database(),
            postgres.slot());
  }

  private static String eventTime(Source source) {
    EventTime time = source.eventTime();
    String otherwise =
        source.isChangelog() ? "commit time of the change" : "timestamp of the Kafka record";
    return time.field().orElse(otherwise)
        + ", out of order by up to "
        + Durations.format(time.outOfOrderness())
        + time.idleAfter().map(idle -> ", idle after " + Durations.format(idle)).orElse("")
        + (time.advanceWhenSilent() ? ", advancing when silent" : "");
  }

  private PlannedView view(FeatureViewSpec view) {
    CompiledView compiled = CompiledView.of(pipeline, view);
    return compiled
        .aggregations()
        .map(plan -> aggregated(view, plan, compiled.program().outputType()))
        .orElseGet(() -> latest(view, compiled.schema()));
  }

  private PlannedGroup group(OnDemandSpec spec) {
    CompiledGroup group = CompiledGroup.of(pipeline, spec);
    List<PlannedFeature> features = new ArrayList<>();
    for (int i = 0; i < group.features().size(); i++) {
      CompiledGroup.Feature feature = group.features().get(i);
      features.add(
          new PlannedFeature(
              feature.name(),
              feature.type().asSummaryString(),
              spec.features().get(i).expression().strip()));
    }
    return new PlannedGroup(
        spec.name(),
        spec.request().getFields().stream()
            .map(
                field ->
                    new PlannedField(field.getName(), field.getType().asSummaryString(), false))
            .toList(),
        List.copyOf(group.entityFields().keySet()),
        group.views().stream().map(view -> view.view().name()).toList(),
        features);
  }

  private PlannedView latest(FeatureViewSpec view, FeatureSchema schema) {
    List<PlannedFeature> features =
        schema.values().getFields().stream()
            .map(
                field ->
                    new PlannedFeature(
                        field.getName(), field.getType().asSummaryString(), "of the newest row"))
            .toList();
    return planned(view, features, StateEstimate.ofLatest());
  }

  private PlannedView aggregated(FeatureViewSpec view, FeaturePlan plan, RowType projected) {
    List<String> definitions = new ArrayList<>();
    for (AggregationSpec aggregation : view.aggregations()) {
      if (aggregation.windows().isEmpty()) {
        definitions.add(definition(aggregation) + ", lifetime");
      }
      aggregation
          .windows()
          .forEach(window -> definitions.add(definition(aggregation) + " over " + window.label()));
    }
    FeatureSchema schema = plan.schema();
    List<PlannedFeature> features = new ArrayList<>();
    for (int i = 0; i < schema.values().getFieldCount(); i++) {
      features.add(
          new PlannedFeature(
              schema.values().getFieldNames().get(i),
              schema.values().getTypeAt(i).asSummaryString(),
              definitions.get(i)));
    }
    return planned(view, features, StateEstimate.of(plan, projected));
  }

  private static String definition(AggregationSpec aggregation) {
    AggregationSpec.Parameters parameters = aggregation.parameters();
    AggregateFunction function = aggregation.function();
    String arguments =
        switch (function) {
          case QUANTILE -> aggregation.input() + ", q " + parameters.q();
          case LAST_K, TOP_K -> aggregation.input() + ", k " + parameters.k();
          case HISTOGRAM -> aggregation.input() + ", edges " + parameters.edges();
          case RATIO -> parameters.numerator() + " / " + parameters.denominator();
          default -> aggregation.input();
        };
    return function.keyword()
        + "("
        + arguments
        + ")"
        + aggregation.where().map(where -> " where " + where).orElse("");
  }

  private PlannedView planned(
      FeatureViewSpec view, List<PlannedFeature> features, StateEstimate state) {
    boolean windows = view.aggregations().stream().anyMatch(it -> !it.windows().isEmpty());
    return new PlannedView(
        view.name(),
        view.entity(),
        view.source(),
        view.where().orElse(""),
        windows ? Durations.format(view.hop()) : "",
        features,
        redisKey(view),
        view.online().ttl().map(Durations::format).orElse(""),
        view.topic() ? pipeline.topics().features(view.name()) : "",
        new PlannedState(state.tiles(), state.quietBytes(), state.busyBytes()));
  }

  private String redisKey(FeatureViewSpec view) {
    if (view.online().layout() == FeatureViewSpec.Layout.FEAST) {
      return "Feast entity key of ("
          + view.entity().stream().sorted().collect(Collectors.joining(", "))
          + ") in project "
          + view.online().project();
    }
    return "millrace:"
        + pipeline.name()
        + ":"
        + view.name()
        + ":"
        + view.entity().stream().map(it -> "{" + it + "}").collect(Collectors.joining(":"));
  }

  private List<PlannedTopic> topics() {
    String delivery = pipeline.topics().delivery().name().toLowerCase(Locale.ROOT);
    List<PlannedTopic> topics = new ArrayList<>();
    topics.add(
        new PlannedTopic(
            pipeline.topics().deadLetters(), "records that could not become rows", delivery));
    if (pipeline.sources().stream().anyMatch(it -> !it.contract().qualityRules().isEmpty())) {
      topics.add(
          new PlannedTopic(
              pipeline.topics().quality(), "how quality rules fare by window", delivery));
    }
    for (FeatureViewSpec view : pipeline.featureViews()) {
      if (view.topic()) {
        topics.add(
            new PlannedTopic(
                pipeline.topics().features(view.name()), "vectors of " + view.name(), delivery));
      }
    }
    if (pipeline.embeddings().stream().anyMatch(EmbeddingSpec::links)) {
      topics.add(new PlannedTopic(pipeline.topics().links(), "which row is which point", delivery));
    }
    if (pipeline.embeddings().stream().anyMatch(it -> it.duplicates().isPresent())) {
      topics.add(
          new PlannedTopic(
              pipeline.topics().duplicates(), "which rows may be the same thing", delivery));
      topics.add(
          new PlannedTopic(
              pipeline.topics().clusters(), "which rows are the same thing", delivery));
    }
    if (!pipeline.driftMonitors().isEmpty()) {
      topics.add(
          new PlannedTopic(pipeline.topics().drift(), "windows of drift monitors", delivery));
      topics.add(
          new PlannedTopic(
              pipeline.topics().alerts(), "alarms, and advice to train anew", delivery));
    }
    return topics;
  }

  private PlannedEmbedding embedding(EmbeddingSpec spec) {
    Source source = pipeline.source(spec.source()).orElseThrow();
    QdrantSpec qdrant = spec.qdrant();
    return new PlannedEmbedding(
        spec.name(),
        spec.source(),
        spec.key(),
        spec.text().source(),
        spec.model().name(),
        qdrant.collection() + " of Qdrant at " + withoutUser(qdrant.url()),
        qdrant.tenant().orElse(""),
        EmbeddingPlan.of(spec, source, "").schema().payload().getFields().stream()
            .map(
                field ->
                    new PlannedField(
                        field.getName(),
                        field.getType().asSummaryString(),
                        qdrant.indexes().contains(field.getName())))
            .toList(),
        spec.duplicates().map(Planner::duplicates).orElse(null));
  }

  private static PlannedDuplicates duplicates(DuplicatesSpec spec) {
    return new PlannedDuplicates(
        spec.threshold(),
        spec.review(),
        spec.compare().stream()
            .map(
                field ->
                    field.name()
                        + " by "
                        + field.comparator().keyword()
                        + field
                            .weights()
                            .map(bits -> ", %s to %s bits".formatted(bits.agree(), bits.disagree()))
                            .orElse(""))
            .toList(),
        spec.blocks().stream().map(BlockingRule::toString).toList(),
        spec.neighbours().isUsed()
            ? "the nearest %d of similarity %s or more%s"
                .formatted(
                    spec.neighbours().limit(),
                    spec.neighbours().similarity(),
                    spec.neighbours().exact() ? ", exactly" : "")
            : "",
        spec.writeBack());
  }

  private PlannedMonitor monitor(DriftMonitorSpec spec) {
    DriftMonitorSpec.Alarm alarm = spec.alarm();
    return new PlannedMonitor(
        spec.name(),
        (spec.inputIsView() ? "view " : "source ") + spec.input(),
        Durations.format(spec.window())
            + (spec.step().equals(spec.window()) ? "" : " every " + Durations.format(spec.step())),
        spec.reference().written(),
        DriftInputs.plan(pipeline, spec).statistics().entrySet().stream()
            .map(column -> new PlannedColumn(column.getKey(), column.getValue()))
            .toList(),
        spec.segments().map(it -> it.by() + ", at most " + it.limit()).orElse(""),
        "psi %s, p %s, %s of the columns, %d windows in a row of at least %d rows"
            .formatted(
                alarm.psi(),
                alarm.pValue(),
                alarm.shareOfColumns(),
                alarm.consecutiveWindows(),
                alarm.minRows()));
  }
}
