package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.letters.DeadLetterLog;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
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
  abstract static class Reading implements Callable<Integer> {

    final Environment environment;
    final Clock clock;

    @Spec CommandSpec spec;

    @Parameters(paramLabel = "PIPELINE", index = "0", description = "A pipeline file.")
    Path file;

    @Mixin LetterSelection selection;

    Reading(Environment environment, Clock clock) {
      this.environment = environment;
      this.clock = clock;
    }

    /** Does its work; what goes wrong with Kafka is reported by the caller. */
    abstract int run(Pipeline pipeline) throws IOException, InterruptedException;

    @Override
    public final Integer call() throws InterruptedException {
      PipelineFile read = PipelineFile.read(file, environment);
      List<Problem> problems = Validation.problems(read);
      if (!problems.isEmpty()) {
        problems.forEach(err()::println);
        err().flush();
        return ExitCodes.PROBLEMS;
      }
      try {
        return run(read.pipeline());
      } catch (IOException unavailable) {
        complain(unavailable.getMessage());
        return ExitCodes.UNAVAILABLE;
      }
    }

    PrintWriter out() {
      return spec.commandLine().getOut();
    }

    PrintWriter err() {
      return spec.commandLine().getErr();
    }

    void complain(String what) {
      err().println("dead-letters %s: %s".formatted(spec.name(), what));
      err().flush();
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
