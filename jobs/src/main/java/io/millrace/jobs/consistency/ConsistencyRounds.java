package io.millrace.jobs.consistency;

import io.millrace.jobs.batch.BatchFlink;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.ConsistencyRound;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares views again and again. A round that cannot be finished is told as such, and the next one
 * is tried; entities take {@link Turns}, so that all are looked at in time.
 */
public final class ConsistencyRounds {
  private static final Logger LOG = LoggerFactory.getLogger(ConsistencyRounds.class);

  private final Pipeline pipeline;
  private final ConsistencySettings settings;
  private final Supplier<BatchFlink> flinks;
  private final InstantSource clock;
  private final Listener listener;
  private final Map<FeatureViewSpec, Turns> turns = new LinkedHashMap<>();

  /** Told of every round. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param found what a round has found; empty when it failed
     */
    void heard(ConsistencyRound round, Optional<ConsistencyResult> found)
        throws InterruptedException;
  }

  /**
   * @param views of the pipeline
   * @param flinks where to recompute; a new one for each round, so that nothing is held in between
   */
  public ConsistencyRounds(
      Pipeline pipeline,
      List<FeatureViewSpec> views,
      ConsistencySettings settings,
      Supplier<BatchFlink> flinks,
      InstantSource clock,
      Listener listener) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.flinks = flinks;
    this.clock = clock;
    this.listener = listener;
    long seed = clock.millis();
    views.forEach(view -> turns.put(view, Turns.from(seed)));
  }

  /**
   * A round each time this long has passed, beginning now. A round that takes longer is followed by
   * the next one at once.
   *
   * @return rounds that were ended
   */
  public long run(Duration every, CountDownLatch stop) throws InterruptedException {
    long rounds = 0;
    long nextNanos = System.nanoTime();
    do {
      round();
      rounds++;
      nextNanos = Math.max(nextNanos + every.toNanos(), System.nanoTime());
    } while (!stop.await(nextNanos - System.nanoTime(), TimeUnit.NANOSECONDS));
    return rounds;
  }

  /** One round: all views, one after the other. */
  public void round() throws InterruptedException {
    try (BatchFlink flink = flinks.get()) {
      for (Map.Entry<FeatureViewSpec, Turns> view : turns.entrySet()) {
        round(flink, view.getKey(), view.getValue());
      }
    }
  }

  private void round(BatchFlink flink, FeatureViewSpec view, Turns turn)
      throws InterruptedException {
    long atMillis = clock.millis();
    long startNanos = System.nanoTime();
    ConsistencyResult found;
    try {
      found = new ConsistencyCheck(pipeline, view).run(flink, turn, settings, progress -> {});
    } catch (IOException | RuntimeException failed) {
      // Whatever it is, the next round may go well, and who is told of this one can tell.
      LOG.warn("View {} could not be compared", view.name(), failed);
      String words = failed.getMessage() == null ? failed.toString() : failed.getMessage();
      listener.heard(
          ConsistencyRound.failed(
              pipeline.name(), view.name(), atMillis, millisSince(startNanos), words),
          Optional.empty());
      return;
    }
    listener.heard(
        new ConsistencyRound(
            pipeline.name(),
            view.name(),
            atMillis,
            millisSince(startNanos),
            found.entities(),
            found.compared(),
            found.equal(),
            found.different(),
            found.missing(),
            found.notYetInHistory(),
            found.changedMeanwhile(),
            found.values(),
            found.histories(),
            ""),
        Optional.of(found));
  }

  private static long millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }
}
