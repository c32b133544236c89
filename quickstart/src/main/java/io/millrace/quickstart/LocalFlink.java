package io.millrace.quickstart;

import io.millrace.jobs.Capability;
import io.millrace.jobs.PipelineJob;
import io.millrace.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink inside this JVM, with its web UI, that runs one pipeline. */
final class LocalFlink implements AutoCloseable {

  private static final int PARALLELISM = 2;

  private final JobClient job;
  private final int port;

  private LocalFlink(JobClient job, int port) {
    this.job = job;
    this.port = port;
  }

  /** Starts Flink and submits the pipeline, built by the job jar's main class. */
  static LocalFlink run(Pipeline pipeline, int port, Path dir) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.PORT, port);
    flink.set(RestOptions.BIND_PORT, Integer.toString(port));
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    flink.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir.resolve("checkpoints").toUri().toString());
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(1));
    flink.setString("metrics.reporters", "quickstart");
    flink.setString(
        "metrics.reporter.quickstart.factory.class", JobCounters.Factory.class.getName());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
    PipelineJob.prepare(pipeline);
    PipelineJob.build(env, pipeline, EnumSet.allOf(Capability.class));
    return new LocalFlink(env.executeAsync(PipelineJob.jobName(pipeline)), port);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * Throws when the job has ended, which it never does by itself.
   *
   * @throws IllegalStateException with the reason
   */
  void requireRunning() {
    try {
      JobStatus status = job.getJobStatus().get();
      if (status.isGloballyTerminalState()) {
        job.getJobExecutionResult().get();
        throw new IllegalStateException("the job has ended: " + status);
      }
    } catch (ExecutionException failure) {
      throw new IllegalStateException(
          "the job has failed: " + rootCause(failure).getMessage(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  @Override
  public void close() {
    try {
      if (!job.getJobStatus().get().isGloballyTerminalState()) {
        job.cancel().get();
      }
    } catch (ExecutionException | IllegalStateException goneAlready) {
      // The mini cluster shut down with its job.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
