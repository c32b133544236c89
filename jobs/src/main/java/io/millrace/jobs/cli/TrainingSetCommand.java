package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.ProblemsException;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.training.TrainingSet;
import io.millrace.jobs.training.TrainingSetResult;
import io.millrace.jobs.training.TrainingSetSettings;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.training.TrainingProblemsException;
import io.millrace.training.TrainingRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace training-set}. */
@Command(
    name = "training-set",
    description = {
      "Puts beside each row of a table (the spine: entities, a time, labels) the features that"
          + " would have been served for it at its time, computed by the engine that serves them,"
          + " and writes a Parquet file. Rows keep their order and their columns.",
      "",
      "A feature is null where the online store would have had nothing: before the entity's first"
          + " event, after its deletion, and when the view's TTL has passed. The same inputs give"
          + " the same bytes.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The training set is there.",
      "2:The files have problems; all of them were printed.",
      "64:The command line is wrong.",
      "69:The training set could not be made; why was printed, and no half of it is left."
    },
    footer = {
      "",
      "For example:",
      "  millrace training-set --pipeline conf/pipelines/flights.yaml --spine labels.csv \\",
      "      --timestamp scheduled_at --entity-columns carrier,origin,dest \\",
      "      --features 'carrier_delay:*,route_delay:delayed_share_7d' \\",
      "      --history flights=flights.jsonl.gz --out training.parquet"
    })
final class TrainingSetCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingSetCommand.class);

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Option(
      names = "--pipeline",
      required = true,
      paramLabel = "FILE",
      description = "The pipeline that defines the features.")
  private Path pipelineFile;

  @Option(
      names = "--spine",
      required = true,
      paramLabel = "FILE",
      description = "The rows to answer: .csv, .csv.gz (with a line of names) or .parquet.")
  private Path spineFile;

  @Option(
      names = "--timestamp",
      required = true,
      paramLabel = "COLUMN",
      description =
          "The spine's column with the time of each row: ISO-8601 with a zone, an instant, or epoch"
              + " milliseconds.")
  private String timestamp;

  @Option(
      names = "--entity-columns",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "The spine's columns that name entities; field=column where a column is called otherwise"
              + " than the view's entity field.")
  private List<String> entityColumns = List.of();

  @Option(
      names = "--features",
      required = true,
      split = ",",
      paramLabel = "VIEW:FEATURE",
      description =
          "The features, in the order of the columns to come; view:* for all of a view, or of a group"
              + " of on-demand features, whose request is taken from the spine's columns.")
  private List<String> features;

  @Mixin private HistoryOption history;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The Parquet file to write.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace the file if it exists.")
  private boolean overwrite;

  @Mixin private BatchOptions where;

  @Option(names = "--json", description = "Print what was written as a JSON object.")
  private boolean json;

  TrainingSetCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws InterruptedException {
    where.check(spec.commandLine());
    PipelineFile file = PipelineFile.read(pipelineFile, environment);
    try (BatchFlink flink = where.flink(mostViews(file))) {
      if (Files.isRegularFile(pipelineFile) && Files.isRegularFile(spineFile)) {
        // While the pipeline and the request are checked, which keeps the planner busy.
        flink.warmUp();
      }
      return make(file, flink);
    }
  }

  /** The views that are named, and those of groups that are. */
  private int mostViews(PipelineFile file) {
    Set<String> views = new HashSet<>();
    for (String feature : features) {
      String name = feature.split(":", 2)[0].strip();
      views.add(name);
      file.draft()
          .flatMap(draft -> draft.onDemandGroup(name).map(it -> it.views(draft.featureViews())))
          .ifPresent(of -> of.forEach(view -> views.add(view.name())));
    }
    return views.size();
  }

  private int make(PipelineFile file, BatchFlink flink) throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    TrainingSet set;
    try {
      Pipeline pipeline = PipelineLoader.load(file);
      TrainingRequest request = TrainingRequest.parse(timestamp, entityColumns, features);
      set =
          TrainingSet.prepare(
              pipeline,
              request,
              new TrainingSetSettings(spineFile, out, overwrite, history.files()));
    } catch (ProblemsException wrong) {
      wrong.problems().forEach(err::println);
      err.flush();
      return ExitCodes.PROBLEMS;
    } catch (TrainingProblemsException wrong) {
      wrong.problems().forEach(problem -> err.println("training-set: " + problem));
      err.flush();
      return ExitCodes.PROBLEMS;
    }
    try {
      TrainingSetResult result = set.run(flink, new TrainingBar(err));
      PrintWriter writer = spec.commandLine().getOut();
      writer.print(json ? TrainingSetText.json(result, out) : TrainingSetText.table(result, out));
      writer.flush();
      return ExitCodes.OK;
    } catch (IOException failed) {
      LOG.warn("A training set could not be made", failed);
      err.println("training-set: " + failed.getMessage());
      err.flush();
      return ExitCodes.UNAVAILABLE;
    }
  }
}
