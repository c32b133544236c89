package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.backfill.Backfill;
import io.millrace.jobs.backfill.BackfillProblemsException;
import io.millrace.jobs.backfill.BackfillRequest;
import io.millrace.jobs.backfill.BackfillResult;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.training.TrainingSetResult.History;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code millrace backfill PIPELINE [VIEW…]}. */
@Command(
    name = "backfill",
    description = {
      "Lets views, and aggregations that they gained, begin with their history: reads it, computes"
          + " what the running job would hold had it been there all the time, and writes that as a"
          + " savepoint to start the job from.",
      "",
      "With --into the savepoint of the stopped job, that savepoint with the views put into it."
          + " Without, a savepoint of the views alone: for a job that starts empty, or, while the job"
          + " still runs, as a baseline that makes a later --into short.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The savepoint is there.",
      "2:Something is wrong with the files, the savepoint or the request; all of it was printed.",
      "64:The command line is wrong.",
      "69:Kafka or the history cannot be read, or the job failed; no half of a savepoint is left."
    },
    footer = {
      "",
      "For example, for a job that runs:",
      "  millrace backfill conf/pipelines/flights.yaml carrier_delay",
      "  scripts/savepoint --stop",
      "  millrace backfill conf/pipelines/flights.yaml carrier_delay --into var/cluster/savepoints/savepoint-5f1b",
      "  scripts/submit --pipeline conf/pipelines/flights.yaml --from"
          + " var/cluster/savepoints/savepoint-5f1b-with-carrier_delay"
    })
final class BackfillCommand extends PipelineCommand {
  private static final Logger LOG = LoggerFactory.getLogger(BackfillCommand.class);

  @Parameters(
      paramLabel = "VIEW",
      index = "1..*",
      description = "The views. Default: those with bootstrap: offline")
  private List<String> views = List.of();

  @Option(
      names = "--into",
      paramLabel = "SAVEPOINT",
      description =
          "The savepoint of the job that is to go on with the views, stopped with it or not.")
  private String into;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description =
          "Where to write. Default: beside the savepoint, with the views' names; without --into:"
              + " var/backfill/<pipeline>/<views>")
  private Path out;

  @Option(
      names = "--baseline",
      paramLabel = "FOLDER",
      description =
          "With --into: what this command wrote for the same views before. Default:"
              + " var/backfill/<pipeline>/<views>, if it is there")
  private Path baseline;

  @Mixin private HistoryOption history;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "The first event time that counts, as 2026-01-31T00:00:00Z. Default: as far back as the"
              + " views need")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      description =
          "With --history: before which event time the files hold all rows; later ones are read from"
              + " the topic.")
  private String to;

  @Option(
      names = "--max-parallelism",
      paramLabel = "N",
      description =
          "Without --into: the pipeline.max-parallelism of the job that is to start (default:"
              + " ${DEFAULT-VALUE}).")
  private int maxParallelism = BackfillRequest.DEFAULT_MAX_PARALLELISM;

  @Mixin private BatchOptions batch;

  BackfillCommand(Environment environment) {
    super(environment);
  }

  /** The view may be new: nothing has been accepted of it yet that could have changed. */
  @Override
  List<Problem> problems(PipelineFile read) {
    return PipelineLoader.problems(read);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    batch.check(spec.commandLine());
    if (maxParallelism < 1 || maxParallelism > 1 << 15) {
      throw new ParameterException(
          spec.commandLine(), "--max-parallelism is from 1 to 32768, not " + maxParallelism);
    }
    if (baseline != null && (into == null || !Files.isDirectory(baseline))) {
      throw new ParameterException(
          spec.commandLine(),
          into == null
              ? "--baseline goes with --into"
              : "--baseline: there is no folder " + baseline);
    }
    try {
      Backfill backfill =
          Backfill.prepare(
              pipeline,
              new BackfillRequest(
                  views,
                  Optional.ofNullable(into),
                  Optional.ofNullable(baseline),
                  Optional.ofNullable(out),
                  history.files(),
                  time("--from", from),
                  time("--to", to),
                  maxParallelism));
      try (BatchFlink flink = batch.flink(backfill.exchanges())) {
        print(backfill.run(flink, new BackfillProgress(err())));
      }
      return ExitCodes.OK;
    } catch (BackfillProblemsException wrong) {
      wrong.problems().forEach(this::complain);
      return ExitCodes.PROBLEMS;
    } catch (IOException failed) {
      LOG.warn("A backfill has failed", failed);
      throw failed;
    }
  }

  private Optional<Instant> time(String option, String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException wrong) {
      throw new ParameterException(
          spec.commandLine(),
          "%s: '%s' is no time with a zone, such as 2026-01-31T00:00:00Z".formatted(option, text),
          wrong);
    }
  }

  private void print(BackfillResult result) {
    TextTable table = new TextTable("view", "rows", "keys", "oldest", "newest", "failed");
    for (BackfillResult.View view : result.views()) {
      table.add(
          view.name(),
          "%,d".formatted(view.rows()),
          "%,d".formatted(view.keys()),
          view.oldest().map(Instant::toString).orElse(""),
          view.newest().map(Instant::toString).orElse(""),
          "%,d".formatted(view.failed()));
    }
    out().println(table);
    for (History read : result.histories()) {
      out()
          .println(
              "history  %s from %s%s"
                  .formatted(
                      read.source(),
                      read.from(),
                      read.refused() == 0 ? "" : ", %,d refused".formatted(read.refused())));
    }
    out()
        .println(
            String.format(
                Locale.ROOT, "written  %s, %.1f s", result.savepoint(), result.millis() / 1000.0));
    out()
        .println(
            "start    scripts/submit --pipeline %s --from %s".formatted(file, result.savepoint()));
  }
}
