package io.millrace.jobs.cli;

import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.ClusterBatchFlink;
import io.millrace.jobs.batch.LocalBatchFlink;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a command runs its batch job, {@code --parallelism}, {@code --rest} and {@code --jar}. */
final class BatchOptions {

  @Mixin private ParallelismOption parallelism;

  @Option(
      names = "--rest",
      paramLabel = "HOST:PORT",
      description =
          "Run as a job of the Flink cluster there, instead of in this process. Files are then paths"
              + " on a file system that the cluster shares.")
  private String rest;

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The job jar for --rest. Default: jobs/target/millrace-job.jar")
  private Path jar =
      Path.of(System.getProperty("millrace.home", ""), "jobs/target/millrace-job.jar");

  /**
   * Checks what can be checked at once.
   *
   * @throws ParameterException naming what is wrong
   */
  void check(CommandLine command) {
    if (rest == null) {
      return;
    }
    if (!Files.isRegularFile(jar)) {
      throw new ParameterException(
          command, "There is no job jar " + jar + ": name one in --jar, or build it (mvn package)");
    }
    try {
      cluster();
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(command, "--rest: " + wrong.getMessage(), wrong);
    }
  }

  /** Whether that is inside this process. */
  boolean local() {
    return rest == null;
  }

  /**
   * The Flink to run in.
   *
   * @param exchanges of a job inside this process, see {@link LocalBatchFlink#of}
   */
  BatchFlink flink(int exchanges) {
    return rest == null ? LocalBatchFlink.of(parallelism.tasks(), exchanges) : cluster();
  }

  private ClusterBatchFlink cluster() {
    return ClusterBatchFlink.at(rest, jar, parallelism.tasks());
  }
}
