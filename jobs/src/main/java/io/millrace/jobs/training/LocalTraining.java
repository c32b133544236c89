package io.millrace.jobs.training;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
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
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Makes training sets with a Flink inside this JVM. */
public final class LocalTraining {
  private static final long POLL_MILLIS = 500;

  private LocalTraining() {}

  /**
   * Makes a set, and returns when its file is there.
   *
   * @param parallelism tasks side by side
   * @param progress told every half second
   * @throws IOException if it could not be made; then there is no file, or the one from before
   */
  public static TrainingSetResult run(
      TrainingSet set, int parallelism, Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    try (LocalFlink flink = LocalFlink.start(parallelism, set.views())) {
      return run(set, flink, progress);
    }
  }

  /**
   * Makes a set in a Flink that was started before.
   *
   * @param flink started for at least as many views as the set asks
   * @param progress told every half second
   * @throws IOException if it could not be made; then there is no file, or the one from before
   */
  public static TrainingSetResult run(
      TrainingSet set, LocalFlink flink, Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    StreamExecutionEnvironment env = flink.environment();
    return execute(set, env, () -> flink.submit(env, set.jobName()), progress);
  }

  static TrainingSetResult execute(
      TrainingSet set, StreamExecutionEnvironment env, Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    return execute(set, env, () -> env.executeAsync(set.jobName()), progress);
  }

  private static TrainingSetResult execute(
      TrainingSet set,
      StreamExecutionEnvironment env,
      Callable<JobClient> submission,
      Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    JobClient job;
    try {
      set.build(env);
      job = submission.call();
    } catch (InterruptedException | IOException told) {
      throw told;
    } catch (Exception failed) {
      throw new IOException("the job could not be started: " + words(rootCause(failed)), failed);
    }
    return await(set, job, startNanos, progress);
  }

  private static TrainingSetResult await(
      TrainingSet set, JobClient job, long startNanos, Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    CompletableFuture<JobExecutionResult> result = job.getJobExecutionResult();
    while (true) {
      try {
        Map<String, Object> counts =
            result.get(POLL_MILLIS, TimeUnit.MILLISECONDS).getAllAccumulatorResults();
        return set.result(counts, (System.nanoTime() - startNanos) / 1_000_000);
      } catch (TimeoutException running) {
        progress.accept(set.progress(counts(job)));
      } catch (ExecutionException failed) {
        throw new IOException(words(rootCause(failed)), failed);
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

  private static String words(Throwable cause) {
    return cause instanceof IOException && cause.getMessage() != null
        ? cause.getMessage()
        : "the job failed: " + cause;
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null
        && !(cause instanceof IOException && cause.getMessage().contains("cannot be written"))) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** What every environment needs that a training set is built in. */
  static void forBatch(Configuration flink) {
    flink.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
    // No operator changes a record that it has passed on, so chained operators need no copies.
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
  }
}
