package io.millrace.jobs.backfill;

import static io.millrace.jobs.batch.BatchResult.count;

import io.millrace.features.BackfillTopology;
import io.millrace.features.BackfilledState;
import io.millrace.features.CompiledView;
import io.millrace.jobs.Uids;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.BatchJob;
import io.millrace.jobs.batch.BatchResult;
import io.millrace.jobs.training.CountAway;
import io.millrace.jobs.training.Histories;
import io.millrace.jobs.training.TrainingSetResult.History;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.training.FeatureVersions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * @param histories by source
   * @param out URI of the folder to write, which does not exist
   */
  Backfill(
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
    return new BackfillPreparation(pipeline, request).prepare();
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
    List<History> read = new ArrayList<>();
    histories.forEach(
        (name, history) ->
            read.add(
                new History(
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
