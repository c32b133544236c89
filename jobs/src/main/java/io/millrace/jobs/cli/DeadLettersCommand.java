package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.letters.DeadLetterLog;
import io.millrace.pipeline.Pipeline;
import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace dead-letters}: records that were refused, and their way back. */
@Command(
    name = "dead-letters",
    description = "Shows what a pipeline refused and why, and sends it back after a fix.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "For example:",
      "  millrace dead-letters list conf/pipelines/flights.yaml --since 24h",
      "  millrace dead-letters show conf/pipelines/flights.yaml 0-42",
      "  millrace dead-letters replay conf/pipelines/flights.yaml --reason MISSING_FIELD --dry-run"
    })
final class DeadLettersCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static CommandLine commandLine(Environment environment, Clock clock) {
    return new CommandLine(new DeadLettersCommand())
        .addSubcommand(new DeadLettersList(environment, clock))
        .addSubcommand(new DeadLettersShow(environment, clock))
        .addSubcommand(new DeadLettersReplay(environment, clock));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** What the subcommands have in common: a pipeline, a choice of letters, and their topic. */
  abstract static class Reading extends PipelineCommand {

    final Clock clock;

    @Mixin LetterSelection selection;

    Reading(Environment environment, Clock clock) {
      super(environment);
      this.clock = clock;
    }

    void reportUnreadable(DeadLetterLog.Reading reading, Pipeline pipeline) {
      if (reading.unreadable() > 0) {
        complain(
            "%,d records of topic %s are no dead letters that this release can read, the first is %s"
                .formatted(
                    reading.unreadable(),
                    pipeline.topics().deadLetters(),
                    reading.unreadableExample()));
      }
    }

    ReadingProgress progress(Pipeline pipeline) {
      return new ReadingProgress(err(), pipeline.topics().deadLetters());
    }
  }
}
