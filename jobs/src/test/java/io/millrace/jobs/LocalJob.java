package io.millrace.jobs;

import io.millrace.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The whole job of a pipeline in a Flink of this JVM, which fails with its first failure. */
public final class LocalJob {

  private LocalJob() {}

  /**
   * Starts it with two tasks side by side.
   *
   * @param checkpoints the folder for them
   * @param savepoint to begin with
   */
  public static JobClient start(Pipeline pipeline, Path checkpoints, Optional<String> savepoint)
      throws Exception {
    return start(pipeline, checkpoints, savepoint, EnumSet.allOf(Capability.class));
  }

  /** The same with some capabilities only. */
  public static JobClient start(
      Pipeline pipeline, Path checkpoints, Optional<String> savepoint, Set<Capability> capabilities)
      throws Exception {
    return start(pipeline, checkpoints, savepoint, capabilities, "hashmap");
  }

  /** The same with a state backend: hashmap, or rocksdb. */
  public static JobClient start(
      Pipeline pipeline,
      Path checkpoints,
      Optional<String> savepoint,
      Set<Capability> capabilities,
      String stateBackend)
      throws Exception {
    Configuration flink = new Configuration();
    flink.set(StateBackendOptions.STATE_BACKEND, stateBackend);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    savepoint.ifPresent(path -> flink.set(StateRecoveryOptions.SAVEPOINT_PATH, path));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, flink);
    PipelineJob.build(env, pipeline, capabilities);
    return env.executeAsync(PipelineJob.jobName(pipeline));
  }
}
