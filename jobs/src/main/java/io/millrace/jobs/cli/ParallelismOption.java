package io.millrace.jobs.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many tasks of a Flink job that a command runs are side by side. */
final class ParallelismOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private int tasks = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Tasks side by side. Default: the number of processors")
  void set(int wanted) {
    if (wanted < 1) {
      throw new ParameterException(
          command.commandLine(), "--parallelism is at least 1, not " + wanted);
    }
    tasks = wanted;
  }

  int tasks() {
    return tasks;
  }
}
