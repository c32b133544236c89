package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.offline.OfflineUpkeep;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace offline}: what history tables are made of, and their upkeep. */
@Command(
    name = "offline",
    description = "Shows a pipeline's history tables, joins their files, and lets old versions go.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "For example, once a day and while the pipeline runs:",
      "  millrace offline compact conf/pipelines/flights.yaml",
      "  millrace offline expire conf/pipelines/flights.yaml --older-than 7d"
    })
final class OfflineCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new OfflineCommand())
        .addSubcommand(new OfflineStatus(environment))
        .addSubcommand(new OfflineCompact(environment))
        .addSubcommand(new OfflineExpire(environment));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** What the subcommands have in common: a pipeline, some of its tables. */
  abstract static class OnTables implements Callable<Integer> {

    private final Environment environment;

    @Spec CommandSpec spec;

    @Parameters(paramLabel = "PIPELINE", index = "0", description = "A pipeline file.")
    Path file;

    @Option(
        names = "--table",
        paramLabel = "NAME",
        split = ",",
        description = "Only these tables. Default: all of the pipeline.")
    List<String> chosen = List.of();

    OnTables(Environment environment) {
      this.environment = environment;
    }

    /** Does its work on the chosen tables. */
    abstract int run(OfflineUpkeep upkeep, List<String> tables) throws IOException;

    @Override
    public final Integer call() {
      PipelineFile read = PipelineFile.read(file, environment);
      List<Problem> problems = Validation.problems(read);
      if (!problems.isEmpty()) {
        problems.forEach(spec.commandLine().getErr()::println);
        spec.commandLine().getErr().flush();
        return ExitCodes.PROBLEMS;
      }
      if (read.pipeline().offline().isEmpty()) {
        complain("%s keeps no history: it has no section offline".formatted(file));
        return ExitCodes.NOT_FOUND;
      }
      try (OfflineUpkeep upkeep = OfflineUpkeep.open(read.pipeline())) {
        for (String name : chosen) {
          if (!upkeep.tables().contains(name)) {
            throw new ParameterException(
                spec.commandLine(),
                "pipeline %s has no table %s; there are %s"
                    .formatted(read.pipeline().name(), name, String.join(", ", upkeep.tables())));
          }
        }
        int exit = run(upkeep, chosen.isEmpty() ? upkeep.tables() : chosen);
        out().flush();
        return exit;
      } catch (IOException failed) {
        out().flush();
        complain(failed.getMessage());
        return ExitCodes.UNAVAILABLE;
      }
    }

    PrintWriter out() {
      return spec.commandLine().getOut();
    }

    private void complain(String what) {
      spec.commandLine().getErr().println("offline " + spec.name() + ": " + what);
      spec.commandLine().getErr().flush();
    }
  }
}
