package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.materialize.Materialization;
import io.millrace.jobs.materialize.MaterializeProgress;
import io.millrace.jobs.materialize.MaterializeResult;
import io.millrace.jobs.materialize.MaterializeSettings;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.training.TrainingProblemsException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace materialize PIPELINE [VIEW...]}. */
@Command(
    name = "materialize",
    description = {
      "Fills the online store from history: computes every entity of the views with the engine that"
          + " serves them, and writes it as the live job would.",
      "",
      "What a live job has written of later events stays; running it twice, or beside a live job, is"
          + " safe.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The store has what the history says, or newer.",
      "1:There is no such view, or the store refused some entities.",
      "2:The files have problems; all of them were printed.",
      "64:The command line is wrong.",
      "69:The store or the history cannot be read; running it again is safe."
    },
    footer = {
      "",
      "For example:",
      "  millrace materialize conf/pipelines/flights.yaml",
      "  millrace materialize conf/pipelines/flights.yaml carrier_delay \\",
      "      --at 2013-12-31T00:00:00Z --history flights=flights.jsonl.gz"
    })
final class MaterializeCommand extends PipelineCommand {
  private static final Logger LOG = LoggerFactory.getLogger(MaterializeCommand.class);

  @Parameters(
      paramLabel = "VIEW",
      index = "1..*",
      description = "Views of it. Default: all whose source has a history.")
  private List<String> names = List.of();

  @Option(
      names = {"--at", "--to"},
      paramLabel = "TIME",
      description =
          "The time as of which entities are computed, ISO-8601 with a zone: events up to and"
              + " including it count. Default: the newest event of each view's source.")
  private Instant at;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description =
          "Only entities that changed at or after this time, by an event or because one left a"
              + " window.")
  private Instant from;

  @Mixin private HistoryOption history;

  @Mixin private BatchOptions where;

  @Option(names = "--dry-run", description = "Compute and count, but write nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print what was written as a JSON object.")
  private boolean json;

  MaterializeCommand(Environment environment) {
    super(environment);
  }

  /** A job that is already running is not built again. */
  @Override
  List<Problem> problems(PipelineFile read) {
    where.check(spec.commandLine());
    return PipelineLoader.problems(read);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    Optional<List<FeatureViewSpec>> views = views(pipeline, names, history.files());
    if (views.isEmpty()) {
      return ExitCodes.NOT_FOUND;
    }
    try {
      Materialization filling =
          Materialization.prepare(
              pipeline,
              views.get(),
              new MaterializeSettings(
                  Optional.ofNullable(at), Optional.ofNullable(from), history.files(), dryRun));
      if (!dryRun && where.local()) {
        // Not after all of history was read.
        filling.requireStore();
      }
      try (BatchFlink flink = where.flink(filling.exchanges())) {
        return print(filling.run(flink, new Bar()));
      }
    } catch (TrainingProblemsException wrong) {
      wrong.problems().forEach(this::complain);
      return ExitCodes.PROBLEMS;
    } catch (IOException failed) {
      LOG.warn("Views could not be materialized", failed);
      throw failed;
    }
  }

  private int print(MaterializeResult result) {
    out().print(json ? MaterializeText.json(result) : MaterializeText.table(result));
    for (MaterializeResult.View view : result.views()) {
      view.reasons().forEach(this::complain);
    }
    return result.isPartial() ? ExitCodes.NOT_FOUND : ExitCodes.OK;
  }

  /** Every few seconds, and only when it takes that long. */
  private final class Bar implements Consumer<MaterializeProgress> {
    private final ProgressPace pace = new ProgressPace();

    @Override
    public void accept(MaterializeProgress progress) {
      if (!pace.isDue()) {
        return;
      }
      err()
          .println(
              progress.events() == 0
                  ? "... reading"
                  : "... %,d events, %,d entities"
                      .formatted(progress.events(), progress.entities()));
      err().flush();
    }
  }
}
