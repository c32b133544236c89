package io.millrace.jobs.materialize;

import static io.millrace.jobs.batch.BatchResult.count;

import io.millrace.expressions.RowProgram;
import io.millrace.features.AsOf;
import io.millrace.features.AsOfTopology;
import io.millrace.features.CompiledView;
import io.millrace.features.HistoryInputs;
import io.millrace.jobs.batch.BatchJob;
import io.millrace.jobs.training.CountAway;
import io.millrace.jobs.training.Histories;
import io.millrace.jobs.training.HistoryRequest;
import io.millrace.online.RedisFeatureSink;
import io.millrace.online.VectorLetters;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;

/**
 * Computes the entities of views as of a time, and writes them through the sink of the live job.
 * Cost: a sort of the events of each view, which spills to disk, and one pass of the engine.
 */
final class FillingJob implements BatchJob {
  private final Pipeline pipeline;
  private final List<CompiledView> views;
  private final Histories histories;
  private final Map<String, AsOf> asOf;
  private final boolean dryRun;

  /**
   * @param asOf by source
   */
  FillingJob(
      Pipeline pipeline,
      List<CompiledView> views,
      Histories histories,
      Map<String, AsOf> asOf,
      boolean dryRun) {
    this.pipeline = pipeline;
    this.views = views;
    this.histories = histories;
    this.asOf = asOf;
    this.dryRun = dryRun;
  }

  @Override
  public String name() {
    return "millrace materialize " + pipeline.name();
  }

  /** One for each view. */
  @Override
  public int exchanges() {
    return views.size();
  }

  @Override
  public void build(StreamExecutionEnvironment env) throws IOException {
    Map<String, HistoryInputs> histories = new HashMap<>();
    for (CompiledView compiled : views) {
      String source = compiled.view().source();
      if (!histories.containsKey(source)) {
        histories.put(source, new HistoryInputs(rows(env, source), "history-" + source));
      }
      CompiledView view = histories.get(source).view(compiled);
      SingleOutputStreamOperator<FeatureVector> vectors =
          AsOfTopology.vectors(
              view,
              this.histories.changelog(source),
              inputs(view, histories.get(source).rows(view)),
              asOf.get(source),
              uid(view));
      if (dryRun) {
        vectors
            .sinkTo(new DiscardingSink<>())
            .name(view.view().name() + ": not written")
            .uid(uid(view) + "-away");
      } else {
        write(view, vectors);
      }
    }
  }

  /** No older ones than the views of a source need. */
  private DataStream<RowData> rows(StreamExecutionEnvironment env, String source)
      throws IOException {
    AsOf time = asOf.get(source);
    long oldest =
        views.stream()
            .filter(view -> view.view().source().equals(source))
            .mapToLong(view -> time.oldestRowMillis(view, histories.changelog(source)))
            .min()
            .orElseThrow();
    long until = time.timeMillis() == Long.MAX_VALUE ? Long.MAX_VALUE : time.timeMillis() + 1;
    boolean placed =
        views.stream()
            .anyMatch(view -> view.view().source().equals(source) && view.view().isLatest());
    return histories.rows(env, source, new HistoryRequest(oldest, until, placed));
  }

  private static DataStream<RowData> inputs(CompiledView view, DataStream<RowData> rows) {
    String name = view.view().name();
    RowProgram program = view.program();
    SingleOutputStreamOperator<RowData> inputs =
        program.applyTo(rows, name + ": inputs").uid(uid(view) + "-inputs");
    inputs
        .getSideOutput(program.rejectedRows())
        .filter(new CountAway<>(failedCounter(name)))
        .name(name + ": failed")
        .uid(uid(view) + "-failed")
        .sinkTo(new DiscardingSink<>())
        .name(name + ": failed, away")
        .uid(uid(view) + "-failed-away");
    return inputs;
  }

  private void write(CompiledView view, DataStream<FeatureVector> vectors) {
    String name = view.view().name();
    FeatureSchema schema = view.schema();
    Source source = pipeline.source(view.view().source()).orElseThrow();
    VectorLetters letters =
        VectorLetters.of(source.name(), source.name(), source.contract(), schema);
    DataStream<DeadLetter> refused =
        new RedisFeatureSink(pipeline.onlineStore(), pipeline.name(), schema, view.view().online())
            .writeAll(vectors, letters)
            .name(name + ": Redis")
            .uid(uid(view) + "-redis");
    refused
        .filter(new RefusedReasons(name))
        .name(name + ": refused")
        .uid(uid(view) + "-refused")
        .sinkTo(new DiscardingSink<>())
        .name(name + ": refused, away")
        .uid(uid(view) + "-refused-away");
  }

  private static String uid(CompiledView view) {
    return "materialize-" + view.view().name();
  }

  private static String failedCounter(String view) {
    return "failed of " + view;
  }

  /**
   * What a run has done.
   *
   * @param counts its accumulators
   */
  MaterializeResult result(Map<String, Object> counts, long millis) {
    return new MaterializeResult(
        views.stream().map(view -> result(view, counts)).toList(),
        histories.read(counts),
        dryRun,
        millis);
  }

  private MaterializeResult.View result(CompiledView view, Map<String, Object> counts) {
    String name = view.view().name();
    return new MaterializeResult.View(
        name,
        Instant.ofEpochMilli(asOf.get(view.view().source()).timeMillis()),
        count(counts, AsOfTopology.eventsCounter(name)),
        count(counts, AsOfTopology.entitiesCounter(name)),
        count(counts, AsOfTopology.deletedCounter(name)),
        count(counts, AsOfTopology.expiredCounter(name)),
        count(counts, AsOfTopology.unchangedCounter(name)),
        count(counts, RedisFeatureSink.writtenCounter(name)),
        count(counts, RedisFeatureSink.guardedCounter(name)),
        count(counts, RedisFeatureSink.refusedCounter(name)),
        count(counts, RedisFeatureSink.skippedCounter(name)),
        count(counts, failedCounter(name)),
        RefusedReasons.of(counts, name));
  }

  MaterializeProgress progress(Map<String, Object> counts) {
    long events = 0;
    long entities = 0;
    for (CompiledView view : views) {
      events += count(counts, AsOfTopology.eventsCounter(view.view().name()));
      entities += count(counts, AsOfTopology.entitiesCounter(view.view().name()));
    }
    return new MaterializeProgress(events, entities);
  }
}
