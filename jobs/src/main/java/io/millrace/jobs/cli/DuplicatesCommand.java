package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace duplicates}: which rows are the same thing. */
@Command(
    name = "duplicates",
    description = "Shows which rows of an embedding are the same thing, and why.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "For example:",
      "  millrace duplicates list conf/pipelines/planes.yaml",
      "  millrace duplicates list conf/pipelines/planes.yaml --review --json"
    })
final class DuplicatesCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new DuplicatesCommand()).addSubcommand(new DuplicatesList(environment));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }
}
