package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace drift}: two files compared, reports of what monitors saw, and orders to them. */
@Command(
    name = "drift",
    description =
        "Compares data with its reference, reports what drift monitors saw, and tells them what to hold data against.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class DriftCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new DriftCommand())
        .addSubcommand(new DriftCheckCommand())
        .addSubcommand(new DriftReportCommand(environment))
        .addSubcommand(new DriftOrderCommand.Promote(environment))
        .addSubcommand(new DriftOrderCommand.Rebuild(environment));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }
}
