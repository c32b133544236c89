package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import java.io.PrintWriter;
import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace} and its subcommands. */
@Command(
    name = "millrace",
    description =
        "Checks pipeline files, shows what they would run, reads features, searches vectors, lists"
            + " duplicates, handles dead letters, makes training sets, fills the online store, and compares"
            + " data.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "millrace 0.1.0",
    subcommands = HelpCommand.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Success.",
      "1:What was asked for is not there; or data drifted.",
      "2:The files have problems; they were printed.",
      "64:The command line is wrong.",
      "69:A server does not answer.",
      "70:A defect of Millrace."
    },
    footer = {
      "",
      "For example:",
      "  millrace validate conf/pipelines/*.yaml",
      "  millrace plan conf/pipelines/flights.yaml",
      "  millrace features get carrier_delay UA",
      "  millrace search conf/pipelines/planes.yaml \"wide body jet\"",
      "  millrace duplicates list conf/pipelines/planes.yaml",
      "  millrace dead-letters list conf/pipelines/flights.yaml",
      "  millrace training-set --help",
      "  millrace backfill conf/pipelines/flights.yaml carrier_delay",
      "  millrace drift check --reference january.csv --current july.csv"
    })
public final class MillraceCommand implements Runnable {

  @Spec private CommandSpec spec;

  private MillraceCommand() {}

  public static void main(String[] args) {
    System.exit(run(Environment.system(), args));
  }

  /** Runs one command in this process, and returns its exit code. */
  public static int run(Environment environment, String... args) {
    return commandLine(environment).execute(args);
  }

  /** The command line with all subcommands, for a given environment. */
  static CommandLine commandLine(Environment environment) {
    CommandLine commandLine =
        new CommandLine(new MillraceCommand())
            .addSubcommand(new ValidateCommand(environment))
            .addSubcommand(new PlanCommand(environment))
            .addSubcommand(FeaturesCommand.commandLine(environment, Clock.systemUTC()))
            .addSubcommand(RegistryCommand.commandLine(environment, Clock.systemUTC()))
            .addSubcommand(new MaterializeCommand(environment))
            .addSubcommand(new ConsistencyCommand(environment))
            .addSubcommand(FeastCommand.commandLine(environment))
            .addSubcommand(new SearchCommand(environment))
            .addSubcommand(DuplicatesCommand.commandLine(environment))
            .addSubcommand(DeadLettersCommand.commandLine(environment, Clock.systemUTC()))
            .addSubcommand(DriftCommand.commandLine(environment))
            .addSubcommand(ContractCommand.commandLine(environment))
            .addSubcommand(new TrainingSetCommand(environment))
            .addSubcommand(new BackfillCommand(environment))
            .addSubcommand(OfflineCommand.commandLine(environment))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true);
    commandLine.setParameterExceptionHandler(MillraceCommand::usage);
    commandLine.setExecutionExceptionHandler(MillraceCommand::defect);
    return commandLine;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  private static int usage(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(wrong.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err)) {
      err.println();
      err.print(
          command.getHelp().fullSynopsis()
              + "Try '"
              + command.getCommandSpec().qualifiedName()
              + " --help'."
              + System.lineSeparator());
    }
    err.flush();
    return ExitCodes.USAGE;
  }

  private static int defect(Exception thrown, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println("This is a defect of Millrace, please report it with what follows:");
    thrown.printStackTrace(err);
    err.flush();
    return ExitCodes.SOFTWARE;
  }
}
