package io.millrace.jobs.batch;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A Flink that runs batch jobs: {@link LocalBatchFlink} inside this process, {@link
 * ClusterBatchFlink} elsewhere. Jobs may run in it one after the other.
 *
 * <pre>{@code
 * try (BatchFlink flink = LocalBatchFlink.of(parallelism, job.exchanges())) {
 *   BatchResult result = flink.run(job, counts -> {});
 * }
 * }</pre>
 */
public abstract sealed class BatchFlink implements AutoCloseable
    permits LocalBatchFlink, ClusterBatchFlink {
  private static final long POLL_MILLIS = 500;

  BatchFlink() {}

  /** Says that a job will come: what has to start for it does so in the background. */
  public void warmUp() {}

  /**
   * Runs a job, and returns when it has ended.
   *
   * @param progress told the job's accumulators every half second, in this thread; a job that has
   *     just begun or just ended may have none
   * @throws BatchFailure with the words of the job's failure; it is not tried again
   * @throws IOException if what the job reads cannot be read
   * @throws InterruptedException if this thread is interrupted; a job inside this process then ends
   *     with {@link #close}
   */
  public final BatchResult run(BatchJob job, Consumer<Map<String, Object>> progress)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    warmUp();
    JobClient running;
    try {
      StreamExecutionEnvironment env = environment();
      job.build(env);
      running = submit(env, job.name());
    } catch (InterruptedException | IOException told) {
      throw told;
    } catch (Exception failed) {
      throw BatchFailure.of(failed, "the job could not be started");
    }
    return new BatchResult(await(running, progress), (System.nanoTime() - startNanos) / 1_000_000);
  }

  private static Map<String, Object> await(JobClient job, Consumer<Map<String, Object>> progress)
      throws IOException, InterruptedException {
    CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
    while (true) {
      try {
        return result.get(POLL_MILLIS, TimeUnit.MILLISECONDS).getAllAccumulatorResults();
      } catch (TimeoutException running) {
        progress.accept(counts(job));
      } catch (ExecutionException failed) {
        throw BatchFailure.of(failed, "the job failed");
      }
    }
  }

  private static Map<String, Object> counts(JobClient job) throws InterruptedException {
    try {
      return job.getAccumulators().get();
    } catch (ExecutionException ended) {
      // The job has ended meanwhile; its result tells how.
      return Map.of();
    }
  }

  /** A fresh environment to build a job in. */
  abstract StreamExecutionEnvironment environment();

  /** Submits what was built, and returns when it is known whether it can run. */
  abstract JobClient submit(StreamExecutionEnvironment env, String name) throws Exception;

  /** Lets go of the Flink, and ends it where it is this process's own; returns at once. */
  @Override
  public abstract void close();

  /** What every environment needs that batch jobs are built in. */
  static Configuration configuration() {
    Configuration flink = new Configuration();
    flink.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
    // No operator changes a record that it has passed on, so chained operators need no copies.
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return flink;
  }
}
