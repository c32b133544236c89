package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.consistency.ConsistencyCheck;
import io.millrace.jobs.consistency.ConsistencyMetrics;
import io.millrace.jobs.consistency.ConsistencyResult;
import io.millrace.jobs.consistency.ConsistencyRounds;
import io.millrace.jobs.consistency.ConsistencySettings;
import io.millrace.jobs.consistency.Turns;
import io.millrace.jobs.sinks.ConsistencyTopic;
import io.millrace.jobs.sinks.PipelineTopics;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.records.ConsistencyRound;
import io.millrace.training.TrainingProblemsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code millrace consistency PIPELINE [VIEW...]}. */
@Command(
    name = "consistency",
    description = {
      "Reads entities of views from the online store, recomputes their features from the history for"
          + " the times found there, with the engine that serves them, and compares.",
      "",
      "With --every it goes on until it is stopped: each round looks at other entities, prints a"
          + " line for each view, and writes it to the topic <prefix>.consistency.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:All features are what the history says; with --every, it was stopped.",
      "1:Some are not, or there is no such view, or nothing in the store of one that was named.",
      "2:The files have problems; all of them were printed.",
      "64:The command line is wrong.",
      "69:The store or the history cannot be read."
    },
    footer = {
      "",
      "For example:",
      "  millrace consistency conf/pipelines/flights.yaml carrier_delay --sample 1000",
      "  millrace consistency conf/pipelines/flights.yaml --every 15m --metrics-port 9249"
    })
final class ConsistencyCommand extends PipelineCommand {
  private static final Logger LOG = LoggerFactory.getLogger(ConsistencyCommand.class);
  private static final long STOP_SECONDS = 20;

  @Parameters(
      paramLabel = "VIEW",
      index = "1..*",
      description = "Views of it. Default: all whose source has a history.")
  private List<String> names = List.of();

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "How many entities of a view at most (default: ${DEFAULT-VALUE}).")
  private int sample = 10_000;

  @Mixin private HistoryOption history;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      converter = OfflineExpire.Span.class,
      description = "Go on: a round each time this long has passed, for example 15m.")
  private Duration every;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "With --every: tell Prometheus what the last round found, at"
              + " http://127.0.0.1:PORT/metrics.")
  private Integer metricsPort;

  @Mixin private BatchOptions where;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description =
          "Where to keep what is asked and answered while it is compared. With --rest a folder that"
              + " the cluster shares. Default: one for temporary files.")
  private Path folder;

  @Option(names = "--json", description = "Print what was found as JSON, an object for each view.")
  private boolean json;

  private boolean topicAskedFor;

  ConsistencyCommand(Environment environment) {
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
    check();
    Optional<List<FeatureViewSpec>> views = views(pipeline, names, history.files());
    if (views.isEmpty()) {
      return ExitCodes.NOT_FOUND;
    }
    ConsistencySettings settings =
        new ConsistencySettings(sample, history.files(), Optional.ofNullable(folder));
    return every == null
        ? once(pipeline, views.get(), settings)
        : again(pipeline, views.get(), settings);
  }

  private void check() {
    if (sample < 1) {
      throw new ParameterException(spec.commandLine(), "--sample is at least 1, not " + sample);
    }
    if (every != null && every.isZero()) {
      throw new ParameterException(spec.commandLine(), "--every is at least 1ms");
    }
    if (metricsPort != null && (every == null || metricsPort < 0 || metricsPort > 65_535)) {
      throw new ParameterException(
          spec.commandLine(), "--metrics-port is a port from 0 to 65535, and goes with --every");
    }
  }

  private int once(Pipeline pipeline, List<FeatureViewSpec> views, ConsistencySettings settings)
      throws IOException, InterruptedException {
    int exit = ExitCodes.OK;
    int empty = 0;
    try (BatchFlink flink = where.flink(ConsistencyCheck.exchanges())) {
      for (FeatureViewSpec view : views) {
        ConsistencyResult result =
            new ConsistencyCheck(pipeline, view)
                .run(flink, Turns.fixed(), settings, new TrainingBar(err()));
        out()
            .print(
                json
                    ? ConsistencyText.json(view.name(), result)
                    : ConsistencyText.text(view.name(), result));
        out().flush();
        if (result.compared() + result.notYetInHistory() + result.changedMeanwhile() == 0) {
          complain("the store has no entity of view " + view.name() + " to compare");
          empty++;
        }
        if (result.isSkewed()) {
          exit = ExitCodes.NOT_FOUND;
        }
      }
      return empty >= (names.isEmpty() ? views.size() : 1) ? ExitCodes.NOT_FOUND : exit;
    } catch (TrainingProblemsException wrong) {
      wrong.problems().forEach(this::complain);
      return ExitCodes.PROBLEMS;
    } catch (IOException failed) {
      LOG.warn("Consistency could not be checked", failed);
      throw failed;
    }
  }

  /** Rounds until the process is told to end. */
  private int again(Pipeline pipeline, List<FeatureViewSpec> views, ConsistencySettings settings)
      throws IOException, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread working = Thread.currentThread();
    Thread onEnd =
        new Thread(
            () -> {
              stop.countDown();
              working.interrupt();
              awaitQuietly(ended);
            },
            "consistency-end");
    Runtime.getRuntime().addShutdownHook(onEnd);
    try (ConsistencyMetrics metrics =
        metricsPort == null ? null : new ConsistencyMetrics(metricsPort)) {
      if (metrics != null) {
        err().println("metrics at http://127.0.0.1:" + metrics.port() + "/metrics");
        err().flush();
      }
      new ConsistencyRounds(
              pipeline,
              views,
              settings,
              () -> where.flink(ConsistencyCheck.exchanges()),
              InstantSource.system(),
              (round, found) -> tell(pipeline, metrics, round, found))
          .run(every, stop);
    } catch (InterruptedException told) {
      if (stop.getCount() > 0) {
        throw told;
      }
    } finally {
      ended.countDown();
    }
    complain("stopped");
    return ExitCodes.OK;
  }

  /** The end of the process waits for it, and is not held up for long. */
  private static void awaitQuietly(CountDownLatch ended) {
    try {
      if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A round could not be ended within {} s", STOP_SECONDS);
      }
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
    }
  }

  /** Once, and not before there is something to tell: a Kafka that is away is waited for. */
  private void createTopic(Pipeline pipeline) throws InterruptedException {
    if (topicAskedFor) {
      return;
    }
    topicAskedFor = true;
    try {
      PipelineTopics.createMissing(pipeline);
    } catch (IOException unavailable) {
      // Rounds are printed and counted all the same.
      complain(unavailable.getMessage());
    }
  }

  private void tell(
      Pipeline pipeline,
      ConsistencyMetrics metrics,
      ConsistencyRound round,
      Optional<ConsistencyResult> found)
      throws InterruptedException {
    if (metrics != null) {
      metrics.heard(round);
    }
    out().print(json ? ConsistencyText.json(round) : ConsistencyText.line(round));
    out().flush();
    found
        .filter(ConsistencyResult::isSkewed)
        .ifPresent(
            skewed -> {
              err().print(ConsistencyText.examples(skewed));
              err().flush();
            });
    createTopic(pipeline);
    try {
      ConsistencyTopic.send(pipeline.topics(), round);
    } catch (IOException notTaken) {
      complain(notTaken.getMessage());
    }
  }
}
