package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.offline.OfflineUpkeep;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
  abstract static class OnTables extends PipelineCommand {

    @Option(
        names = "--table",
        paramLabel = "NAME",
        split = ",",
        description = "Only these tables. Default: all of the pipeline.")
    List<String> chosen = List.of();

    OnTables(Environment environment) {
      super(environment);
    }

    /** Does its work on the chosen tables. */
    abstract int run(OfflineUpkeep upkeep, List<String> tables) throws IOException;

    @Override
    final int run(Pipeline pipeline) throws IOException {
      if (pipeline.offline().isEmpty()) {
        complain("%s keeps no history: it has no section offline".formatted(file));
        return ExitCodes.NOT_FOUND;
      }
      try (OfflineUpkeep upkeep = OfflineUpkeep.open(pipeline)) {
        for (String name : chosen) {
          if (!upkeep.tables().contains(name)) {
            throw new ParameterException(
                spec.commandLine(),
                "pipeline %s has no table %s; there are %s"
                    .formatted(pipeline.name(), name, String.join(", ", upkeep.tables())));
          }
        }
        return run(upkeep, chosen.isEmpty() ? upkeep.tables() : chosen);
      }
    }
  }
}
