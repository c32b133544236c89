package io.millrace.jobs;

import io.millrace.document.Environment;
import io.millrace.drift.DriftInputs;
import io.millrace.jobs.backfill.BootstrapCheck;
import io.millrace.jobs.sinks.PipelineTopics;
import io.millrace.jobs.sources.KafkaPreflight;
import io.millrace.jobs.sources.PostgresPreflight;
import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
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
        StreamExecutionEnvironment.getExecutionEnvironment(configuration(options, pipeline));
    refuseIfAny(
        pipeline,
        BootstrapCheck.problems(pipeline, options.pipeline().toString(), env.getConfiguration()));
    prepare(pipeline, options.only());
    build(env, pipeline, options.only());
    env.execute(jobName(pipeline));
  }

  /**
   * Makes ready what the job finds around it: asks the databases and the sources' brokers whether
   * they can be read, looks at the folders of models, and creates the feature topics that are
   * missing.
   *
   * @throws IllegalStateException with everything that a database, a broker or a model lacks
   * @throws IOException if Kafka does not answer or refuses
   */
  public static void prepare(Pipeline pipeline) throws IOException, InterruptedException {
    prepare(pipeline, EnumSet.allOf(Capability.class));
  }

  /**
   * Makes ready what a job with some of the capabilities finds around it. History tables are made
   * and widened here, so that readers find them from the start.
   *
   * @throws IllegalStateException with everything that a database or a source's brokers lack, or
   *     that a history table cannot take
   * @throws IOException if Kafka or the tables' folder does not answer or refuses
   */
  public static void prepare(Pipeline pipeline, Set<Capability> capabilities)
      throws IOException, InterruptedException {
    boolean keepsHistory =
        capabilities.contains(Capability.OFFLINE) && pipeline.offline().isPresent();
    List<String> problems = new ArrayList<>();
    if (capabilities.contains(Capability.EMBEDDINGS)) {
      problems.addAll(ModelPreflight.problems(pipeline));
    }
    for (Source source : pipeline.sources()) {
      boolean read =
          pipeline.featureViews().stream().anyMatch(view -> view.source().equals(source.name()))
              || pipeline.embeddings().stream().anyMatch(it -> it.source().equals(source.name()))
              || pipeline.driftMonitors().stream()
                  .anyMatch(it -> DriftInputs.source(pipeline, it).equals(source))
              || keepsHistory && pipeline.offline().get().sources().contains(source.name());
      if (read) {
        problems.addAll(
            source.origin() instanceof PostgresOrigin
                ? PostgresPreflight.problems(source)
                : KafkaPreflight.problems(source, pipeline.topics()));
      }
    }
    refuseIfAny(pipeline, problems);
    PipelineTopics.createMissing(pipeline);
    if (keepsHistory) {
      OfflineWiring.prepare(pipeline);
    }
  }

  private static void refuseIfAny(Pipeline pipeline, List<String> problems) {
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "pipeline %s cannot start:%n  %s"
              .formatted(pipeline.name(), String.join(System.lineSeparator() + "  ", problems)));
    }
  }

  /**
   * Puts a pipeline into an environment, ready to be executed.
   *
   * @param capabilities those to run, where the pipeline has them
   * @throws IllegalArgumentException when nothing would run
   */
  public static void build(
      StreamExecutionEnvironment env, Pipeline pipeline, Set<Capability> capabilities) {
    JobDefaults.apply(env, commitEvery(pipeline, capabilities));
    PipelineTopology.build(env, pipeline, capabilities);
  }

  /** What the command line says; then, for a job that only keeps history, the pipeline file. */
  private static Configuration configuration(JobOptions options, Pipeline pipeline) {
    Configuration given = options.flinkConfiguration();
    if (keepsOnlyHistory(options.only())
        && given.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).isEmpty()) {
      pipeline
          .offline()
          .flatMap(OfflineSpec::commitEvery)
          .ifPresent(every -> given.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, every));
    }
    return given;
  }

  private static boolean keepsOnlyHistory(Set<Capability> capabilities) {
    return capabilities.equals(EnumSet.of(Capability.OFFLINE));
  }

  /** Effects become durable with checkpoints: topics are readable, tables have a version. */
  private static Duration commitEvery(Pipeline pipeline, Set<Capability> capabilities) {
    return pipeline
        .offline()
        .filter(offline -> keepsOnlyHistory(capabilities))
        .map(offline -> offline.commitEvery().orElse(OfflineSpec.DEFAULT_COMMIT_EVERY))
        .orElse(JobDefaults.CHECKPOINT_INTERVAL);
  }

  /** The name under which Flink lists the pipeline's job. */
  public static String jobName(Pipeline pipeline) {
    return "millrace " + pipeline.name();
  }
}
