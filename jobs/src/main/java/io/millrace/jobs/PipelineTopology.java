package io.millrace.jobs;

import io.millrace.drift.DriftInputs;
import io.millrace.expressions.RowProgram;
import io.millrace.features.CompiledView;
import io.millrace.features.FeaturePlan;
import io.millrace.features.FeatureTopology;
import io.millrace.features.LatestTopology;
import io.millrace.ingest.PositionedRows;
import io.millrace.ingest.RefusedRows;
import io.millrace.jobs.sinks.DeadLetterTopic;
import io.millrace.jobs.sinks.FeatureTopicSink;
import io.millrace.jobs.sources.SourceStreams;
import io.millrace.online.RedisFeatureSink;
import io.millrace.online.VectorLetters;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.EmbeddingSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Wires a pipeline: sources, the capabilities over them, sinks. All names and uids of operators are
 * given here.
 */
public final class PipelineTopology {
  private final StreamExecutionEnvironment env;
  private final Pipeline pipeline;
  private final Set<String> historic;
  private final Map<String, DataStream<RowData>> opened = new HashMap<>();
  private final Map<String, DataStream<RowData>> plain = new HashMap<>();
  private final QualityStreams quality;
  private final ContractStreams contracts;
  private final Map<String, DataStream<FeatureVector>> computed = new HashMap<>();
  private final List<DataStream<DeadLetter>> deadLetters = new ArrayList<>();
  private ReplayStreams replays;

  /**
   * @param historic sources whose history is kept
   */
  private PipelineTopology(
      StreamExecutionEnvironment env, Pipeline pipeline, Set<String> historic) {
    this.env = env;
    this.pipeline = pipeline;
    this.historic = historic;
    this.quality = new QualityStreams(pipeline);
    this.contracts = new ContractStreams(env, pipeline);
  }

  /**
   * Adds a pipeline to an environment. Only sources that something reads are opened.
   *
   * @param capabilities those to run, where the pipeline has them
   * @throws IllegalArgumentException when nothing would run
   */
  public static void build(
      StreamExecutionEnvironment env, Pipeline pipeline, Set<Capability> capabilities) {
    boolean offline = capabilities.contains(Capability.OFFLINE) && pipeline.offline().isPresent();
    PipelineTopology topology =
        new PipelineTopology(
            env, pipeline, offline ? Set.copyOf(pipeline.offline().get().sources()) : Set.of());
    if (capabilities.contains(Capability.FEATURES)) {
      pipeline.featureViews().forEach(topology::addFeatureView);
    }
    if (capabilities.contains(Capability.EMBEDDINGS)) {
      pipeline.embeddings().forEach(topology::addEmbedding);
    }
    if (capabilities.contains(Capability.DRIFT)) {
      DriftWiring.add(env, pipeline, topology::watched);
    }
    if (offline) {
      OfflineWiring.add(pipeline, topology.contracts, topology::historicRows, topology::vectors);
    }
    if (topology.opened.isEmpty()) {
      throw new IllegalArgumentException(
          "pipeline "
              + pipeline.name()
              + " has nothing to run: the file defines none of the capabilities asked for");
    }
    topology.quality.addTopic();
    topology.contracts.addKeeper();
    topology.addDeadLetterTopic();
  }

  /** The rows of a source, or a view's vectors as rows: what a drift monitor watches. */
  private DataStream<RowData> watched(DriftMonitorSpec monitor) {
    if (!monitor.inputIsView()) {
      return open(pipeline.source(monitor.input()).orElseThrow());
    }
    FeatureViewSpec view = pipeline.featureView(monitor.input()).orElseThrow();
    FeatureSchema schema = CompiledView.of(pipeline, view).schema();
    return vectors(view)
        .flatMap(
            DriftInputs.vectorsAsRows(schema), InternalTypeInfo.of(DriftInputs.rowType(schema)))
        .name(monitor.name() + ": vectors of " + view.name())
        .uid(Uids.driftInput(monitor.name()));
  }

  private void addFeatureView(FeatureViewSpec view) {
    addSinks(view, CompiledView.of(pipeline, view).schema(), vectors(view));
  }

  private DataStream<FeatureVector> vectors(FeatureViewSpec view) {
    return computed.computeIfAbsent(view.name(), any -> compute(view));
  }

  private DataStream<FeatureVector> compute(FeatureViewSpec view) {
    Source source = pipeline.source(view.source()).orElseThrow();
    DataStream<RowData> rows = open(source);
    CompiledView compiled = CompiledView.of(pipeline, view);
    DataStream<RowData> inputs =
        inputs(compiled, source, rows, Uids.viewInput(view.name()))
            .union(replayed(compiled, source));
    SingleOutputStreamOperator<FeatureVector> vectors =
        compiled.latest().isPresent()
            ? LatestTopology.featureVectors(
                inputs, compiled.latest().get(), source.isChangelog(), view.emitEvery())
            : windowed(compiled, source, inputs);
    return vectors.name(view.name() + ": features").uid(Uids.viewFeatures(view.name()));
  }

  private DataStream<RowData> inputs(
      CompiledView compiled, Source source, DataStream<RowData> rows, String uid) {
    String view = compiled.view().name();
    RowProgram program = compiled.program();
    SingleOutputStreamOperator<RowData> inputs = program.applyTo(rows, view + ": inputs").uid(uid);
    deadLetters.add(
        refused(
            inputs.getSideOutput(program.rejectedRows()),
            RefusedRows.expressionFailed(
                source.name(), place(source), source.contract(), source.rowType(), view, false),
            view + ": rows on which an expression failed",
            Uids.viewRejectedRows(view)));
    return inputs;
  }

  /** What the view computes from dead letters that were sent back. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
  private DataStream<RowData>[] replayed(CompiledView compiled, Source source) {
    if (source.isChangelog()) {
      // A change that later ones may have replaced cannot be repeated by itself.
      return new DataStream[0];
    }
    String view = compiled.view().name();
    RowProgram program = compiled.program();
    SingleOutputStreamOperator<RowData> ofSource =
        program
            .applyTo(replays().rows(source), view + ": replayed inputs")
            .uid(Uids.replayInput(view));
    SingleOutputStreamOperator<RowData> ofView =
        program
            .applyTo(replays().rows(source, view), view + ": inputs of its replayed rows")
            .uid(Uids.replayRowsInput(view));
    deadLetters.add(
        refused(
            ofSource
                .getSideOutput(program.rejectedRows())
                .union(ofView.getSideOutput(program.rejectedRows())),
            RefusedRows.expressionFailed(
                source.name(), place(source), source.contract(), source.rowType(), view, true),
            view + ": replayed rows on which an expression failed",
            Uids.replayRejectedRows(view)));
    return new DataStream[] {ofSource, ofView};
  }

  private ReplayStreams replays() {
    if (replays == null) {
      replays = new ReplayStreams(env, pipeline, quality, contracts, this::positions, deadLetters);
    }
    return replays;
  }

  private void addEmbedding(EmbeddingSpec spec) {
    Source source = pipeline.source(spec.source()).orElseThrow();
    DataStream<RowData> rows = open(source);
    if (!source.isChangelog()) {
      rows = rows.union(replays().rows(source), replays().rows(source, spec.name()));
    }
    deadLetters.addAll(EmbeddingWiring.add(pipeline, spec, source, rows, place(source)));
  }

  private SingleOutputStreamOperator<FeatureVector> windowed(
      CompiledView compiled, Source source, DataStream<RowData> inputs) {
    FeatureViewSpec view = compiled.view();
    RowType projected = compiled.program().outputType();
    SingleOutputStreamOperator<FeatureVector> vectors =
        FeatureTopology.featureVectors(
            inputs,
            projected,
            compiled.aggregations().orElseThrow(),
            view.emitEvery(),
            FeatureOptions.workingMemory(env.getConfiguration()),
            view.bootstrap() == FeatureViewSpec.Bootstrap.OFFLINE);
    deadLetters.add(lateRows(view, source, projected, vectors));
    return vectors;
  }

  private void addSinks(
      FeatureViewSpec view, FeatureSchema schema, DataStream<FeatureVector> vectors) {
    Source source = pipeline.source(view.source()).orElseThrow();
    RedisFeatureSink redis =
        new RedisFeatureSink(pipeline.onlineStore(), pipeline.name(), schema, view.online());
    VectorLetters letters =
        VectorLetters.of(source.name(), place(source), source.contract(), schema);
    replays().vectors(redis, letters);
    deadLetters.add(
        redis
            .write(vectors, letters)
            .name(view.name() + ": Redis")
            .uid(Uids.viewRedis(view.name())));
    if (view.topic()) {
      String topic = pipeline.topics().features(view.name());
      vectors
          .sinkTo(FeatureTopicSink.of(pipeline.name(), pipeline.topics(), schema))
          .name(view.name() + ": " + topic)
          .uid(Uids.viewTopic(view.name()));
    }
  }

  private DataStream<DeadLetter> lateRows(
      FeatureViewSpec view,
      Source source,
      RowType projected,
      SingleOutputStreamOperator<FeatureVector> vectors) {
    // Inside the job the columns are numbered; people read the expressions they stand for.
    RowType readable =
        RowType.of(
            projected.getChildren().toArray(new LogicalType[0]),
            FeaturePlan.inputs(view).toArray(new String[0]));
    return refused(
        vectors.getSideOutput(FeatureTopology.lateRows(projected)),
        RefusedRows.tooLate(source.name(), place(source), source.contract(), view.name(), readable),
        view.name() + ": rows that came too late",
        Uids.viewLateRows(view.name()));
  }

  private void addDeadLetterTopic() {
    deadLetters.addAll(quality.deadLetters());
    DataStream<DeadLetter> first = deadLetters.get(0);
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    DataStream<DeadLetter>[] others =
        deadLetters.subList(1, deadLetters.size()).toArray(new DataStream[0]);
    first
        .union(others)
        .sinkTo(DeadLetterTopic.sink(pipeline.name(), pipeline.topics()))
        .name("dead letters: " + pipeline.topics().deadLetters())
        .uid(Uids.deadLetterTopic());
  }

  /**
   * The source's rows, and those that it takes after they were sent back, with their positions
   * where it has such.
   */
  private DataStream<RowData> historicRows(Source source) {
    DataStream<RowData> rows = passed(source);
    return source.isChangelog() ? rows : rows.union(replays().historicRows(source));
  }

  /** Whether rows of a source are read with their positions. */
  private boolean positions(Source source) {
    return historic.contains(source.name()) && source.hasPositions();
  }

  /** The source's rows that its contract lets pass. */
  private DataStream<RowData> open(Source source) {
    DataStream<RowData> rows = passed(source);
    return positions(source)
        ? plain.computeIfAbsent(
            source.name(),
            name ->
                PositionedRows.without(rows)
                    .name(name + ": rows without positions")
                    .uid(Uids.plainRows(name)))
        : rows;
  }

  private DataStream<RowData> passed(Source source) {
    return opened.computeIfAbsent(
        source.name(),
        name -> {
          SourceStreams streams =
              SourceStreams.open(
                  env, source, positions(source), Uids.source(name), contracts::guarded);
          deadLetters.add(streams.deadLetters());
          if (source.origin() instanceof KafkaOrigin kafka
              && kafka.format() == KafkaOrigin.Format.AVRO_CONFLUENT) {
            contracts.alsoPublish(replays().registry(source));
          }
          return quality.passed(source, streams);
        });
  }

  private static DataStream<DeadLetter> refused(
      DataStream<RowData> rows,
      ProcessFunction<RowData, DeadLetter> toDeadLetter,
      String name,
      String uid) {
    return rows.process(toDeadLetter).name(name).uid(uid);
  }

  private static String place(Source source) {
    if (source.origin() instanceof KafkaOrigin kafka) {
      return kafka.topic();
    }
    PostgresOrigin postgres = (PostgresOrigin) source.origin();
    return postgres.schema() + "." + postgres.table();
  }
}
