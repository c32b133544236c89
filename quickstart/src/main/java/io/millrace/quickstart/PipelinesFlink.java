package io.millrace.quickstart;

import io.millrace.jobs.Capability;
import io.millrace.jobs.PipelineJob;
import io.millrace.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink inside this JVM, with its web UI, that runs pipelines. */
final class PipelinesFlink implements AutoCloseable {

  private static final int PARALLELISM = 2;
  private static final int PIPELINES = 2;

  private final Configuration flink;
  private final int port;
  private final MiniCluster cluster;
  private final Map<JobID, String> jobs = new LinkedHashMap<>();

  private PipelinesFlink(Configuration flink, int port, MiniCluster cluster) {
    this.flink = flink;
    this.port = port;
    this.cluster = cluster;
  }

  /** Starts Flink with slots for two pipelines. */
  static PipelinesFlink start(int port, Path dir) throws Exception {
    Configuration flink = new Configuration();
    flink.set(RestOptions.PORT, port);
    flink.set(RestOptions.BIND_PORT, Integer.toString(port));
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
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
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(flink)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(PIPELINES * PARALLELISM)
                .build());
    cluster.start();
    return new PipelinesFlink(flink, port, cluster);
  }

  /** Submits a pipeline, built by the job jar's main class. */
  void run(Pipeline pipeline) throws Exception {
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(flink);
    PipelineJob.prepare(pipeline);
    PipelineJob.build(env, pipeline, EnumSet.allOf(Capability.class));
    String name = PipelineJob.jobName(pipeline);
    var streams = env.getStreamGraph();
    streams.setJobName(name);
    JobGraph job = streams.getJobGraph();
    jobs.put(job.getJobID(), name);
    cluster.submitJob(job).get();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * Throws when a job has ended, which none does by itself.
   *
   * @throws IllegalStateException with the reason
   */
  void requireRunning() {
    for (Map.Entry<JobID, String> job : jobs.entrySet()) {
      try {
        JobStatus status = cluster.getJobStatus(job.getKey()).get();
        if (status.isGloballyTerminalState()) {
          Throwable reason =
              cluster
                  .requestJobResult(job.getKey())
                  .get()
                  .getSerializedThrowable()
                  .<Throwable>map(it -> it.deserializeError(PipelinesFlink.class.getClassLoader()))
                  .orElse(null);
          throw new IllegalStateException(
              "the job %s has ended: %s".formatted(job.getValue(), words(status, reason)), reason);
        }
      } catch (ExecutionException failure) {
        throw new IllegalStateException(
            "the job %s is unknown: %s".formatted(job.getValue(), failure.getCause()), failure);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }
  }

  private static String words(JobStatus status, Throwable reason) {
    Throwable cause = reason;
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? status.toString() : cause.getMessage();
  }

  @Override
  public void close() throws InterruptedException {
    try {
      for (JobID job : jobs.keySet()) {
        if (!cluster.getJobStatus(job).get().isGloballyTerminalState()) {
          cluster.cancelJob(job).get();
          cluster.requestJobResult(job).get();
        }
      }
    } catch (ExecutionException | IllegalStateException goneAlready) {
      // What is not running needs no end.
    }
    try {
      cluster.closeAsync().get();
    } catch (ExecutionException failure) {
      throw new IllegalStateException("Flink could not be stopped", failure.getCause());
    }
  }
}
