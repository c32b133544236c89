package io.millrace.jobs;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Flink options that a pipeline job wants where neither the cluster nor the command line sets them.
 */
final class JobDefaults {
  static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  private JobDefaults() {}

  /**
   * @param checkpointInterval unless it is given
   */
  static void apply(StreamExecutionEnvironment env, Duration checkpointInterval) {
    ReadableConfig given = env.getConfiguration();
    Configuration defaults = new Configuration();
    unlessGiven(given, defaults, CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    // A half-full network buffer waits this long; the default of 100 ms would dominate freshness.
    unlessGiven(given, defaults, ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(5));
    // No operator changes a record that it has passed on, so chained operators need no copies.
    unlessGiven(given, defaults, PipelineOptions.OBJECT_REUSE, true);
    // These two turn a forgotten uid and a type that would fall to Kryo into errors at submission.
    defaults.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    defaults.set(PipelineOptions.GENERIC_TYPES, false);
    env.configure(defaults, Thread.currentThread().getContextClassLoader());
  }

  private static <T> void unlessGiven(
      ReadableConfig given, Configuration defaults, ConfigOption<T> option, T value) {
    if (given.getOptional(option).isEmpty()) {
      defaults.set(option, value);
    }
  }
}
