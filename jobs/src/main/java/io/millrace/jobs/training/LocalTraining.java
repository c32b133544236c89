package io.millrace.jobs.training;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.BatchShuffleMode;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Makes training sets with a Flink inside this JVM. */
public final class LocalTraining {
  private static final long BUFFER_BYTES = 32L << 10;
  private static final long BUFFERS_A_CHANNEL = 2;
  private static final long LEAST_NETWORK_BYTES = 64L << 20;
  private static final long POLL_MILLIS = 500;
  private static final long LEAST_SORT_BYTES = 128L << 20;
  private static final long MOST_SORT_BYTES = 1L << 30;

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
    return execute(
        set,
        StreamExecutionEnvironment.createLocalEnvironment(configuration(parallelism, set.views())),
        progress);
  }

  static TrainingSetResult execute(
      TrainingSet set, StreamExecutionEnvironment env, Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    JobClient job;
    try {
      set.build(env);
      job = env.executeAsync(set.jobName());
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

  private static Configuration configuration(int parallelism, int views) {
    Configuration flink = new Configuration();
    forBatch(flink);
    flink.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
    // Everything runs at once in one process: nothing is gained by writing it down in between.
    flink.set(ExecutionOptions.BATCH_SHUFFLE_MODE, BatchShuffleMode.ALL_EXCHANGES_PIPELINED);
    // The scheduler that is the default of batch jobs wants it written down.
    flink.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Default);
    // What does not fit here is sorted on disk.
    long sort =
        Math.max(LEAST_SORT_BYTES, Math.min(MOST_SORT_BYTES, Runtime.getRuntime().maxMemory() / 4));
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, new MemorySize(sort));
    // Everything that is exchanged at once needs its buffers: all tasks with all, for each view.
    MemorySize network =
        new MemorySize(
            Math.max(
                LEAST_NETWORK_BYTES,
                BUFFERS_A_CHANNEL * BUFFER_BYTES * parallelism * (parallelism + 8L) * (views + 1)));
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
    flink.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_PORT, "0");
    return flink;
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
