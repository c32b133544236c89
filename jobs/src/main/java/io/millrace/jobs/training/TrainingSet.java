package io.millrace.jobs.training;

import static io.millrace.jobs.batch.BatchResult.count;

import io.millrace.features.CompiledView;
import io.millrace.features.QuestionTopology;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.BatchJob;
import io.millrace.jobs.batch.BatchResult;
import io.millrace.jobs.tables.SpineTable;
import io.millrace.pipeline.FeatureDefinition;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.OnDemandDefinition;
import io.millrace.pipeline.Pipeline;
import io.millrace.training.FeatureVersions;
import io.millrace.training.RequestedViews;
import io.millrace.training.SpineRows;
import io.millrace.training.TrainingCounters;
import io.millrace.training.TrainingPlan;
import io.millrace.training.TrainingProblemsException;
import io.millrace.training.TrainingRequest;
import io.millrace.training.TrainingTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * A training set that can be made: the features that the rows of a spine would have been served at
 * their times, computed by the engine that serves them. Checked as far as that is possible before
 * anything runs; the same inputs give the same bytes.
 *
 * <pre>{@code
 * TrainingSet set = TrainingSet.prepare(pipeline, request, settings);
 * try (BatchFlink flink = LocalBatchFlink.of(parallelism, set.exchanges())) {
 *   TrainingSetResult result = set.run(flink, progress -> {});
 * }
 * }</pre>
 */
public final class TrainingSet implements BatchJob {
  private static final String FORM = "1";

  private final Pipeline pipeline;
  private final RequestedViews requested;
  private final TrainingPlan plan;
  private final SpineTable spine;
  private final Path out;
  private final Histories histories;

  private TrainingSet(
      Pipeline pipeline,
      RequestedViews requested,
      TrainingPlan plan,
      SpineTable spine,
      Path out,
      Histories histories) {
    this.pipeline = pipeline;
    this.requested = requested;
    this.plan = plan;
    this.spine = spine;
    this.out = out;
    this.histories = histories;
  }

  /**
   * Checks a request and reads its spine through once.
   *
   * @throws TrainingProblemsException with everything that is wrong
   */
  public static TrainingSet prepare(
      Pipeline pipeline, TrainingRequest request, TrainingSetSettings settings) {
    List<String> problems = new ArrayList<>();
    RequestedViews requested = RequestedViews.of(pipeline, request, problems);
    SpineTable spine =
        SpineTable.scan(settings.spine(), requested.columnTypes(), request.timestamp(), problems);
    TrainingPlan plan =
        spine == null ? null : TrainingPlan.of(requested, spine.columns(), problems);
    Histories histories =
        Histories.find(
            pipeline,
            requested.views().values().stream()
                .map(view -> pipeline.source(view.view().source()).orElseThrow())
                .toList(),
            settings.history(),
            settings.extent(),
            problems);
    checkOut(settings, problems);
    TrainingProblemsException.throwIfAny(problems);
    return new TrainingSet(
        pipeline, requested, plan, spine, settings.out().toAbsolutePath(), histories);
  }

  private static void checkOut(TrainingSetSettings settings, List<String> problems) {
    Path out = settings.out().toAbsolutePath();
    if (!out.getFileName().toString().endsWith(".parquet")) {
      problems.add("--out " + settings.out() + ": expected a name that ends in .parquet");
    }
    if (Files.isDirectory(out)) {
      problems.add("--out " + settings.out() + " is a folder: name a file in it");
    } else if (Files.exists(out) && !settings.overwrite()) {
      problems.add(
          "--out " + settings.out() + " exists: name another file, or allow it with --overwrite");
    }
    if (!Files.isDirectory(out.getParent())) {
      problems.add(
          "--out "
              + settings.out()
              + ": there is no folder "
              + out.getParent()
              + ": make it first");
    } else if (!Files.isWritable(out.getParent())) {
      problems.add("--out " + settings.out() + ": folder " + out.getParent() + " is not writable");
    }
  }

  /** What it is made from. */
  public Histories histories() {
    return histories;
  }

  /** Rows of the spine. */
  public long spineRows() {
    return spine.rows();
  }

  /**
   * Makes the set, and returns when its file is there.
   *
   * @param progress told every half second
   * @throws IOException if it could not be made; then there is no file, or the one from before
   */
  public TrainingSetResult run(BatchFlink flink, Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    BatchResult made = flink.run(this, counts -> progress.accept(progress(counts)));
    return result(made.counts(), made.millis());
  }

  @Override
  public String name() {
    return "millrace training set " + out.getFileName();
  }

  /** One for each view that is asked. */
  @Override
  public int exchanges() {
    return plan.parts().size();
  }

  @Override
  public void build(StreamExecutionEnvironment env) {
    DataStream<RowData> rows =
        env.fromData(List.of(spine.file()), Types.STRING)
            .setParallelism(1)
            .name("spine: file")
            .uid("spine-file")
            .flatMap(new ReadSpine(spine))
            .returns(InternalTypeInfo.of(SpineRows.type(spine.columns())))
            .setParallelism(1)
            .name("spine")
            .uid("spine-read");
    TrainingTopology.rows(
            plan,
            rows,
            name -> history(env, name),
            histories::changelog,
            (view, failed) ->
                failed
                    .filter(new CountAway<>(failedCounter(view)))
                    .name(view + ": failed")
                    .uid("training-" + view + "-failed")
                    .sinkTo(new DiscardingSink<>())
                    .name(view + ": failed, away")
                    .uid("training-" + view + "-failed-away"))
        .sinkTo(new TrainingSetSink(out.toString(), plan.output(), notes()))
        .setParallelism(1)
        .name(out.getFileName().toString())
        .uid("training-set");
  }

  private DataStream<RowData> history(StreamExecutionEnvironment env, String name) {
    boolean placed =
        requested.views().values().stream()
            .anyMatch(view -> view.view().source().equals(name) && view.view().isLatest());
    try {
      return histories.rows(env, name, new HistoryRequest(Long.MIN_VALUE, Long.MAX_VALUE, placed));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** What the file says of itself. */
  private Map<String, String> notes() {
    Map<String, String> notes = new TreeMap<>();
    notes.put("millrace.training-set", FORM);
    notes.put("millrace.pipeline", pipeline.name());
    notes.put("millrace.pipeline.version", FeatureVersions.of(pipeline));
    notes.put("millrace.timestamp", requested.request().timestamp());
    histories
        .contractVersions()
        .forEach((source, version) -> notes.put("millrace.contract." + source, version));
    for (CompiledView view : requested.views().values()) {
      notes.put(
          "millrace.view." + view.view().name() + ".version",
          FeatureVersions.of(pipeline, view.view()));
    }
    for (TrainingPlan.Group group : plan.groups()) {
      notes.put(
          "millrace.on-demand." + group.name() + ".version",
          FeatureVersions.of(pipeline, group.group().spec()));
    }
    for (int i = 0; i < plan.features().size(); i++) {
      TrainingRequest.FeatureName feature = requested.features().get(i);
      String key = "millrace.feature." + plan.features().get(i).name();
      notes.put(key, feature.toString());
      notes.put(key + ".version", fingerprint(feature));
      onDemand(feature).ifPresent(it -> notes.put(key + ".expression", it.expression()));
    }
    return notes;
  }

  private Optional<OnDemandDefinition> onDemand(TrainingRequest.FeatureName feature) {
    return pipeline.onDemandGroup(feature.view()).stream()
        .flatMap(group -> OnDemandDefinition.of(group, pipeline).stream())
        .filter(it -> it.name().equals(feature.feature()))
        .findFirst();
  }

  private String fingerprint(TrainingRequest.FeatureName feature) {
    Optional<OnDemandDefinition> onDemand = onDemand(feature);
    if (onDemand.isPresent()) {
      return onDemand.get().fingerprint();
    }
    FeatureViewSpec view = requested.views().get(feature.view()).view();
    return FeatureDefinition.of(view, pipeline.source(view.source()).orElseThrow()).stream()
        .filter(it -> it.name().equals(feature.feature()))
        .map(FeatureDefinition::fingerprint)
        .findFirst()
        .orElseThrow();
  }

  private static String failedCounter(String view) {
    return "failed of " + view;
  }

  private TrainingSetResult result(Map<String, Object> counts, long millis) {
    List<TrainingSetResult.Column> columns = new ArrayList<>();
    for (int i = 0; i < plan.features().size(); i++) {
      String column = plan.features().get(i).name();
      columns.add(
          new TrainingSetResult.Column(
              column,
              requested.features().get(i).toString(),
              count(counts, TrainingCounters.nulls(column)),
              count(counts, TrainingCounters.failed(column))));
    }
    List<TrainingSetResult.Group> groups =
        plan.groups().stream()
            .map(
                group ->
                    new TrainingSetResult.Group(
                        group.name(), FeatureVersions.of(pipeline, group.group().spec())))
            .toList();
    List<TrainingSetResult.View> views = new ArrayList<>();
    for (CompiledView view : requested.views().values()) {
      String name = view.view().name();
      views.add(
          new TrainingSetResult.View(
              name,
              FeatureVersions.of(pipeline, view.view()),
              count(counts, QuestionTopology.eventsCounter(name)),
              count(counts, QuestionTopology.unknownCounter(name)),
              count(counts, QuestionTopology.goneCounter(name)),
              count(counts, TrainingCounters.beforeHistory(name)),
              count(counts, failedCounter(name))));
    }
    return new TrainingSetResult(
        count(counts, TrainingCounters.ROWS),
        columns,
        views,
        groups,
        histories.read(counts),
        spine.leftOut(),
        millis);
  }

  /** Events taken in so far, and rows put together. */
  private TrainingProgress progress(Map<String, Object> counts) {
    long events = 0;
    for (TrainingPlan.Part part : plan.parts()) {
      events += count(counts, QuestionTopology.eventsCounter(part.name()));
    }
    return new TrainingProgress(events, count(counts, TrainingCounters.ROWS), spine.rows());
  }
}
