package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.consistency.ConsistencyCheck;
import io.millrace.jobs.consistency.ConsistencyResult;
import io.millrace.online.FeatureComparison.Difference;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.training.TrainingProblemsException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code millrace consistency PIPELINE VIEW}. */
@Command(
    name = "consistency",
    description = {
      "Reads entities of a view from the online store, recomputes their features from the history for"
          + " the times found there, with the engine that serves them, and compares.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:All features are what the history says.",
      "1:Some are not, or there is no such view or nothing in the store.",
      "2:The files have problems; all of them were printed.",
      "69:The store or the history cannot be read."
    },
    footer = {
      "",
      "For example:",
      "  millrace consistency conf/pipelines/flights.yaml carrier_delay --sample 1000"
    })
final class ConsistencyCommand extends PipelineCommand {
  private static final Logger LOG = LoggerFactory.getLogger(ConsistencyCommand.class);

  @Parameters(paramLabel = "VIEW", index = "1", description = "A view of it.")
  private String viewName;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "How many entities at most (default: ${DEFAULT-VALUE}).")
  private int sample = 10_000;

  @Mixin private HistoryOption history;

  @Mixin private ParallelismOption parallelism;

  @Option(names = "--json", description = "Print what was found as a JSON object.")
  private boolean json;

  ConsistencyCommand(Environment environment) {
    super(environment);
  }

  /** A job that is already running is not built again. */
  @Override
  List<Problem> problems(PipelineFile read) {
    return PipelineLoader.problems(read);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    if (sample < 1) {
      throw new ParameterException(spec.commandLine(), "--sample is at least 1, not " + sample);
    }
    Optional<FeatureViewSpec> view = view(pipeline, viewName);
    if (view.isEmpty()) {
      return ExitCodes.NOT_FOUND;
    }
    try {
      return print(
          new ConsistencyCheck(pipeline, view.get())
              .run(sample, history.files(), parallelism.tasks(), new TrainingBar(err())));
    } catch (TrainingProblemsException wrong) {
      wrong.problems().forEach(this::complain);
      return ExitCodes.PROBLEMS;
    } catch (IOException failed) {
      LOG.warn("Consistency could not be checked", failed);
      throw failed;
    }
  }

  private int print(ConsistencyResult result) throws JsonProcessingException {
    out().print(json ? json(result) : text(result));
    if (result.compared() == 0) {
      complain("the store has no entity of view " + viewName + " to compare");
      return ExitCodes.NOT_FOUND;
    }
    return result.isSkewed() ? ExitCodes.NOT_FOUND : ExitCodes.OK;
  }

  private static String json(ConsistencyResult result) throws JsonProcessingException {
    return JsonMapper.builder()
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .addModule(new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance))
            .build()
            .writeValueAsString(result)
        + System.lineSeparator();
  }

  private String text(ConsistencyResult result) {
    StringBuilder text = new StringBuilder();
    if (!result.examples().isEmpty()) {
      TextTable table = new TextTable("entity", "at", "feature", "served", "by the history");
      for (ConsistencyResult.Example example : result.examples()) {
        for (Difference each : example.differences()) {
          table.add(example.entity(), example.at(), each.feature(), each.stored(), each.expected());
        }
        if (example.differences().isEmpty()) {
          table.add(example.entity(), example.at(), "all", "", "unknown to it");
        }
      }
      text.append(table).append(System.lineSeparator());
    }
    result.histories().forEach(from -> text.append("history     %s%n".formatted(from)));
    text.append("entities    %,d in the store%n".formatted(result.entities()));
    text.append(
        "compared=%d values=%d equal=%d different=%d missing=%d%n"
            .formatted(
                result.compared(),
                result.values(),
                result.equal(),
                result.different(),
                result.missing()));
    return text.toString();
  }
}
