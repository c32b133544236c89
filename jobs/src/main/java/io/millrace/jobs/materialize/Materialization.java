package io.millrace.jobs.materialize;

import io.millrace.features.AsOf;
import io.millrace.features.CompiledView;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.BatchResult;
import io.millrace.jobs.training.Histories;
import io.millrace.online.FeatureReader;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.training.TrainingProblemsException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Fills the online store from history: every entity of some views with the features that the live
 * job would serve of it at a time, computed by the same engine, under the same versions, and
 * written through the same sink. Versions are a function of rows
 * (docs/decisions/0006-feature-state.md), so what a live job has written of later rows stays, and
 * what it has written of the same rows is written again as it was.
 *
 * <pre>{@code
 * Materialization filling = Materialization.prepare(pipeline, views, settings);
 * try (BatchFlink flink = LocalBatchFlink.of(parallelism, filling.exchanges())) {
 *   MaterializeResult result = filling.run(flink, progress -> {});
 * }
 * }</pre>
 */
public final class Materialization {
  private static final byte[] NO_KEY = {0};

  private final Pipeline pipeline;
  private final List<CompiledView> views;
  private final Histories histories;
  private final MaterializeSettings settings;

  private Materialization(
      Pipeline pipeline,
      List<CompiledView> views,
      Histories histories,
      MaterializeSettings settings) {
    this.pipeline = pipeline;
    this.views = views;
    this.histories = histories;
    this.settings = settings;
  }

  /**
   * Checks what is to be materialized, and looks for its history.
   *
   * @param views of the pipeline
   * @throws TrainingProblemsException with everything that is wrong
   */
  public static Materialization prepare(
      Pipeline pipeline, List<FeatureViewSpec> views, MaterializeSettings settings) {
    List<String> problems = new ArrayList<>();
    if (settings.at().isPresent()
        && settings.changedSince().isPresent()
        && settings.changedSince().get().isAfter(settings.at().get())) {
      problems.add(
          "--from %s is after --at %s: nothing can have changed in between"
              .formatted(settings.changedSince().get(), settings.at().get()));
    }
    Histories histories =
        Histories.find(
            pipeline,
            views.stream().map(view -> pipeline.source(view.source()).orElseThrow()).toList(),
            settings.history(),
            Histories.Extent.UP_TO_NOW,
            problems);
    TrainingProblemsException.throwIfAny(problems);
    return new Materialization(
        pipeline,
        views.stream().map(view -> CompiledView.of(pipeline, view)).toList(),
        histories,
        settings);
  }

  /**
   * Asks the online store for something that is not there.
   *
   * @throws IOException if this process cannot reach the store
   */
  public void requireStore() throws IOException {
    CompiledView any = views.get(0);
    try (FeatureReader reader =
        new FeatureReader(
            pipeline.onlineStore(), pipeline.name(), any.schema(), any.view().online())) {
      reader.readKeys(List.of(NO_KEY));
    }
  }

  /** What a Flink has to be made for, see {@link io.millrace.jobs.batch.BatchJob#exchanges}. */
  public int exchanges() {
    return views.size();
  }

  /**
   * Computes and writes, and returns when the store has everything.
   *
   * @param progress told every half second
   * @throws IOException if history cannot be read or the store does not answer; some entities may
   *     have been written, and running it again is safe
   */
  public MaterializeResult run(BatchFlink flink, Consumer<MaterializeProgress> progress)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    FillingJob job =
        new FillingJob(pipeline, views, histories, asOf(flink, progress), settings.dryRun());
    BatchResult made = flink.run(job, counts -> progress.accept(job.progress(counts)));
    return job.result(made.counts(), (System.nanoTime() - startNanos) / 1_000_000);
  }

  /** By source: as the user wants it, else as of its newest event. */
  private Map<String, AsOf> asOf(BatchFlink flink, Consumer<MaterializeProgress> progress)
      throws IOException, InterruptedException {
    Map<String, Long> newest =
        settings.at().isPresent()
            ? Map.of()
            : histories.newestEventMillis(
                flink, histories.sources(), () -> progress.accept(new MaterializeProgress(0, 0)));
    Map<String, AsOf> asOf = new LinkedHashMap<>();
    for (String source : histories.sources()) {
      long none = settings.at().map(Instant::toEpochMilli).orElse(0L);
      asOf.put(source, asOf(newest.getOrDefault(source, none)));
    }
    return asOf;
  }

  /** Where no event is newer than the changes that are asked for, time has passed all the same. */
  private AsOf asOf(long timeMillis) {
    long since = settings.changedSince().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
    return new AsOf(Math.max(timeMillis, since), since);
  }
}
