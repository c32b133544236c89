package io.millrace.jobs.backfill;

import static io.millrace.jobs.batch.BatchResult.count;

import io.millrace.document.NearestName;
import io.millrace.features.BackfillTopology;
import io.millrace.features.BackfilledState;
import io.millrace.features.CompiledView;
import io.millrace.features.FeaturePlan;
import io.millrace.jobs.Uids;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.BatchJob;
import io.millrace.jobs.batch.BatchResult;
import io.millrace.jobs.contracts.FollowedContracts;
import io.millrace.jobs.training.CountAway;
import io.millrace.jobs.training.Histories;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.training.FeatureVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.data.RowData;

/**
 * Views that begin with their history: a batch job feeds it to the engine that serves them, and
 * writes what that then holds as state of a savepoint from which the job goes on.
 *
 * <p>The seam lies in the offsets of the source's topic. Where the job goes on is said by the
 * savepoint into which the views are put, or, for a job that starts empty, by the savepoint that is
 * written, which then holds the state of the sources too. History is every row before that, each
 * once, see {@link SourceHistory}.
 */
public final class Backfill implements BatchJob {
  private final Pipeline pipeline;
  private final List<CompiledView> views;
  private final Map<String, SourceHistory> histories;
  private final Optional<Savepoint> into;
  private final Optional<Savepoint> baseline;
  private final String out;
  private final int maxParallelism;

  private Backfill(
      Pipeline pipeline,
      List<CompiledView> views,
      Map<String, SourceHistory> histories,
      Optional<Savepoint> into,
      Optional<Savepoint> baseline,
      String out,
      int maxParallelism) {
    this.pipeline = pipeline;
    this.views = views;
    this.histories = histories;
    this.into = into;
    this.baseline = baseline;
    this.out = out;
    this.maxParallelism = maxParallelism;
  }

  /** Where a backfill of views goes that is not put into a savepoint, under the working folder. */
  public static Path defaultOut(String pipeline, List<String> views) {
    return Path.of("var", "backfill", pipeline, String.join("+", views));
  }

  /**
   * Checks a request, and asks Kafka and the savepoint where history ends.
   *
   * @throws BackfillProblemsException with everything that is wrong
   * @throws IOException if Kafka, the offline store or a savepoint does not answer
   */
  public static Backfill prepare(Pipeline pipeline, BackfillRequest request) throws IOException {
    List<String> problems = new ArrayList<>();
    List<CompiledView> views = views(pipeline, request.views(), problems);
    List<String> names = views.stream().map(it -> it.view().name()).toList();
    Optional<Savepoint> into = open(request.into(), problems);
    Path standard = defaultOut(pipeline.name(), names);
    Optional<Savepoint> baseline =
        into.isEmpty()
            ? Optional.empty()
            : open(
                request
                    .baseline()
                    .or(() -> Optional.of(standard).filter(Files::isDirectory))
                    .map(path -> path.toAbsolutePath().toUri().toString()),
                problems);
    Path out = request.out().orElseGet(() -> into.map(it -> beside(it, names)).orElse(standard));
    if (Files.exists(out)) {
      problems.add("--out " + out + " exists: name another folder, or remove it");
    }
    baseline.ifPresent(it -> checkBaseline(pipeline, views, it, problems));
    Map<String, SourceHistory> histories = new LinkedHashMap<>();
    if (problems.isEmpty()) {
      FollowedContracts contracts = FollowedContracts.of(pipeline);
      for (CompiledView view : views) {
        Source source = pipeline.source(view.view().source()).orElseThrow();
        if (!histories.containsKey(source.name())) {
          histories.put(
              source.name(),
              history(pipeline, source, contracts, request, into, baseline, problems));
        }
      }
      limit(views, histories, request);
    }
    if (!problems.isEmpty()) {
      throw new BackfillProblemsException(problems);
    }
    return new Backfill(
        pipeline,
        views,
        histories,
        into,
        baseline,
        out.toAbsolutePath().toUri().toString(),
        into.map(Savepoint::maxParallelism).orElse(request.maxParallelism()));
  }

  private static Path beside(Savepoint savepoint, List<String> views) {
    Path folder = Path.of(savepoint.folder().getPath());
    return folder.resolveSibling(folder.getFileName() + "-with-" + String.join("+", views));
  }

  private static Optional<Savepoint> open(Optional<String> path, List<String> problems) {
    if (path.isEmpty()) {
      return Optional.empty();
    }
    try {
      Savepoint savepoint = Savepoint.open(path.get());
      if (!savepoint.isCanonical()) {
        problems.add(
            path.get()
                + " is a checkpoint, or a savepoint in the form of one state backend: take one that every backend reads, with scripts/savepoint --stop");
      }
      return Optional.of(savepoint);
    } catch (IOException unreadable) {
      problems.add(unreadable.getMessage());
      return Optional.empty();
    }
  }

  private static List<CompiledView> views(
      Pipeline pipeline, List<String> wanted, List<String> problems) {
    List<String> names = pipeline.featureViews().stream().map(FeatureViewSpec::name).toList();
    List<String> asked =
        !wanted.isEmpty()
            ? wanted
            : pipeline.featureViews().stream()
                .filter(it -> it.bootstrap() == FeatureViewSpec.Bootstrap.OFFLINE)
                .map(FeatureViewSpec::name)
                .toList();
    if (asked.isEmpty()) {
      problems.add("no view of pipeline " + pipeline.name() + " has bootstrap: offline: name one");
    }
    List<CompiledView> views = new ArrayList<>();
    for (String name : asked.stream().distinct().toList()) {
      Optional<FeatureViewSpec> view = pipeline.featureView(name);
      if (view.isEmpty()) {
        problems.add(
            "there is no view %s in pipeline %s; %s"
                .formatted(
                    name,
                    pipeline.name(),
                    NearestName.suggestion(name, names, "there are " + String.join(", ", names))));
      } else if (view.get().isLatest()) {
        problems.add(
            "view %s shows newest rows and needs no past to compute with: fill its store with scripts/millrace materialize"
                .formatted(name));
      } else if (!(pipeline.source(view.get().source()).orElseThrow().origin()
          instanceof KafkaOrigin)) {
        problems.add(
            "view %s is over source %s, a table, which is read from its snapshot on: start the job without a savepoint, or give the view a source of its own with a slot of its own, and it begins with the whole table"
                .formatted(name, view.get().source()));
      } else {
        views.add(CompiledView.of(pipeline, view.get()));
      }
    }
    return views;
  }

  private static void checkBaseline(
      Pipeline pipeline, List<CompiledView> views, Savepoint baseline, List<String> problems) {
    try {
      Map<String, String> versions = SavepointWriting.versions(baseline);
      for (CompiledView view : views) {
        String name = view.view().name();
        if (!FeatureVersions.of(pipeline, view.view()).equals(versions.get(name))) {
          problems.add(
              "the baseline %s %s: remove it, or name another one with --baseline"
                  .formatted(
                      baseline.folder(),
                      versions.containsKey(name)
                          ? "was made of another definition of view " + name
                          : "does not hold view " + name));
        }
      }
    } catch (IOException unreadable) {
      problems.add("the baseline cannot be read: " + unreadable.getMessage());
    }
  }

  private static SourceHistory history(
      Pipeline pipeline,
      Source source,
      FollowedContracts contracts,
      BackfillRequest request,
      Optional<Savepoint> into,
      Optional<Savepoint> baseline,
      List<String> problems)
      throws IOException {
    KafkaOrigin origin = (KafkaOrigin) source.origin();
    TopicEnds topic = TopicEnds.of(origin);
    SortedMap<Integer, Long> until = topic.end();
    if (into.isPresent()) {
      try {
        until = SourceOffsets.of(into.get(), source, origin, topic.first());
      } catch (IOException unfit) {
        problems.add(unfit.getMessage());
      }
    }
    SourceHistory history = new SourceHistory(pipeline, source, until, contracts.of(source));
    List<Path> files = request.files().get(source.name());
    if (baseline.isPresent()) {
      history.after(SourceOffsets.of(baseline.get(), source, origin, Map.of()), topic, problems);
    } else if (files != null) {
      Histories found = Histories.find(pipeline, List.of(source), request.files(), problems);
      if (request.to().isEmpty()) {
        problems.add(
            "files do not tell where in topic %s they end: say with --to TIME before which time they hold all rows of source %s; later ones are read from the topic"
                .formatted(origin.topic(), source.name()));
      }
      history.fromFiles(found, request.to().orElse(Instant.EPOCH));
    } else {
      history.fromStoreOrTopic(topic, problems);
    }
    return history;
  }

  /** Leaves out what is older than anybody needs. */
  private static void limit(
      List<CompiledView> views, Map<String, SourceHistory> histories, BackfillRequest request) {
    for (SourceHistory history : histories.values()) {
      long reach = 0;
      for (CompiledView view : views) {
        FeaturePlan plan = view.aggregations().orElseThrow();
        if (view.view().source().equals(history.source().name())) {
          reach = plan.hasLifetime() ? Long.MAX_VALUE : Math.max(reach, reach(plan));
        }
        if (reach == Long.MAX_VALUE) {
          break;
        }
      }
      if (request.from().isPresent()) {
        history.from(request.from().get());
      } else if (reach < Long.MAX_VALUE) {
        history.noOlderThan(reach);
      }
    }
  }

  /** A key is remembered for as long again as its rows count. */
  private static long reach(FeaturePlan plan) {
    return 2 * plan.windowMillis(plan.windows() - 1) + plan.hopMillis();
  }

  @Override
  public String name() {
    return "millrace backfill " + pipeline.name();
  }

  @Override
  public int exchanges() {
    return 2 * views.size();
  }

  /**
   * Runs the job and writes the savepoint.
   *
   * @param progress told every half second how many rows were taken in
   * @throws IOException if that fails; then nothing is left of it
   */
  public BackfillResult run(BatchFlink flink, Consumer<Long> progress)
      throws IOException, InterruptedException {
    org.apache.flink.core.fs.Path folder = new org.apache.flink.core.fs.Path(out);
    FileSystem files = folder.getFileSystem();
    boolean whole = false;
    try {
      files.mkdirs(folder);
      BatchResult done = flink.run(this, counts -> progress.accept(rows(counts)));
      List<OperatorState> states = new ArrayList<>();
      for (CompiledView view : views) {
        states.add(state(view.view().name(), done.counts()));
      }
      Map<String, String> versions = new TreeMap<>();
      views.forEach(it -> versions.put(it.view().name(), FeatureVersions.of(pipeline, it.view())));
      if (into.isEmpty()) {
        for (SourceHistory history : histories.values()) {
          states.add(
              SourceOffsets.state(
                  history.source(),
                  (KafkaOrigin) history.source().origin(),
                  history.until(),
                  maxParallelism,
                  out));
        }
      }
      SavepointWriting.write(into, states, out, SavepointWriting.note(pipeline.name(), versions));
      whole = true;
      return result(done);
    } finally {
      if (!whole) {
        files.delete(folder, true);
      }
    }
  }

  private long rows(Map<String, Object> counts) {
    return views.stream()
        .mapToLong(it -> count(counts, BackfillTopology.rowsOf(it.view().name())))
        .sum();
  }

  private OperatorState state(String view, Map<String, Object> counts) throws IOException {
    List<BackfilledState> parts = new ArrayList<>();
    if (counts.get(BackfillTopology.writtenBy(view)) instanceof List<?> list) {
      list.forEach(it -> parts.add((BackfilledState) it));
    }
    if (parts.isEmpty() || parts.size() != parts.get(0).subtasks()) {
      throw new IOException(
          "only %d subtasks have written the state of view %s".formatted(parts.size(), view));
    }
    String uid = Uids.viewFeatures(view);
    OperatorID id = Savepoint.id(uid);
    OperatorState state = new OperatorState(null, uid, id, parts.size(), maxParallelism);
    parts.forEach(part -> state.putState(part.subtask(), part.state()));
    return state;
  }

  @Override
  public void build(StreamExecutionEnvironment env) throws IOException {
    Map<String, DataStream<RowData>> sources = new LinkedHashMap<>();
    for (Map.Entry<String, SourceHistory> history : histories.entrySet()) {
      String source = history.getKey();
      sources.put(
          source,
          history.getValue().rows(env, (letters, uid) -> Histories.count(letters, source, uid)));
    }
    for (CompiledView view : views) {
      String name = view.view().name();
      String uid = "backfill-view-" + name;
      SingleOutputStreamOperator<RowData> inputs =
          view.program()
              .applyTo(sources.get(view.view().source()), name + ": inputs")
              .uid(uid + "-inputs");
      inputs
          .getSideOutput(view.program().rejectedRows())
          .filter(new CountAway<>(failedCounter(name)))
          .name(name + ": failed")
          .uid(uid + "-failed")
          .sinkTo(new DiscardingSink<>())
          .name(name + ": failed, away")
          .uid(uid + "-failed-away");
      BackfillTopology.state(
          view.aggregations().orElseThrow(),
          inputs,
          into.flatMap(it -> it.operator(Uids.viewFeatures(name))).orElse(null),
          baseline.flatMap(it -> it.operator(Uids.viewFeatures(name))).orElse(null),
          maxParallelism,
          out,
          uid);
    }
  }

  private static String failedCounter(String view) {
    return "failed of " + view;
  }

  private BackfillResult result(BatchResult done) {
    Map<String, Object> counts = done.counts();
    List<BackfillResult.View> made = new ArrayList<>();
    for (CompiledView view : views) {
      String name = view.view().name();
      long rows = count(counts, BackfillTopology.rowsOf(name));
      made.add(
          new BackfillResult.View(
              name,
              rows,
              count(counts, BackfillTopology.keysOf(name)),
              time(rows, counts, BackfillTopology.oldestOf(name)),
              time(rows, counts, BackfillTopology.newestOf(name)),
              count(counts, failedCounter(name))));
    }
    List<BackfillResult.History> read = new ArrayList<>();
    histories.forEach(
        (name, history) ->
            read.add(
                new BackfillResult.History(
                    name, history.describe(), count(counts, Histories.refusedCounter(name)))));
    return new BackfillResult(
        made,
        read,
        new org.apache.flink.core.fs.Path(out).getPath(),
        into.isPresent(),
        done.millis());
  }

  private static Optional<Instant> time(long rows, Map<String, Object> counts, String name) {
    return rows == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(count(counts, name)));
  }
}
