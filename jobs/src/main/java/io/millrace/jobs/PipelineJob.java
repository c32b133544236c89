package io.millrace.jobs;

import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import java.util.Set;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job that {@code flink run millrace-job.jar --pipeline FILE} starts.
 *
 * @see JobOptions for its arguments
 */
public final class PipelineJob {
  private PipelineJob() {}

  public static void main(String[] args) throws Exception {
    JobOptions options = JobOptions.parse(args);
    Pipeline pipeline = PipelineLoader.load(options.pipeline(), Environment.system());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(options.flinkConfiguration());
    build(env, pipeline, options.only());
    env.execute(jobName(pipeline));
  }

  /**
   * Puts a pipeline into an environment, ready to be executed.
   *
   * @param capabilities those to run, where the pipeline has them
   * @throws IllegalArgumentException when nothing would run
   */
  public static void build(
      StreamExecutionEnvironment env, Pipeline pipeline, Set<Capability> capabilities) {
    JobDefaults.apply(env);
    PipelineTopology.build(env, pipeline, capabilities);
  }

  /** The name under which Flink lists the pipeline's job. */
  public static String jobName(Pipeline pipeline) {
    return "millrace " + pipeline.name();
  }
}
