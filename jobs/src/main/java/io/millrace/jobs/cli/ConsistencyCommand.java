package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.millrace.document.Environment;
import io.millrace.document.NearestName;
import io.millrace.document.ProblemsException;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.consistency.ConsistencyCheck;
import io.millrace.jobs.consistency.ConsistencyResult;
import io.millrace.online.FeatureComparison.Difference;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.training.TrainingProblemsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace consistency FILE VIEW}. */
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
final class ConsistencyCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ConsistencyCommand.class);

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", index = "0", description = "A pipeline file.")
  private Path file;

  @Parameters(paramLabel = "VIEW", index = "1", description = "A view of it.")
  private String viewName;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "How many entities at most (default: ${DEFAULT-VALUE}).")
  private int sample = 10_000;

  @Mixin private HistoryOption history;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Tasks side by side. Default: the number of processors")
  private int parallelism = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print what was found as a JSON object.")
  private boolean json;

  ConsistencyCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    if (parallelism < 1 || sample < 1) {
      throw new ParameterException(spec.commandLine(), "--parallelism and --sample are at least 1");
    }
    PrintWriter err = spec.commandLine().getErr();
    try {
      Pipeline pipeline = PipelineLoader.load(file, environment);
      Optional<FeatureViewSpec> view = pipeline.featureView(viewName);
      if (view.isEmpty()) {
        List<String> names = pipeline.featureViews().stream().map(FeatureViewSpec::name).toList();
        complain(
            "there is no view %s in %s; %s"
                .formatted(
                    viewName,
                    file,
                    NearestName.suggestion(
                        viewName, names, "there are " + String.join(", ", names))));
        return ExitCodes.NOT_FOUND;
      }
      ConsistencyResult result =
          new ConsistencyCheck(pipeline, view.get())
              .run(sample, history.files(), parallelism, new TrainingBar(err));
      return print(result);
    } catch (ProblemsException wrong) {
      wrong.problems().forEach(err::println);
      err.flush();
      return ExitCodes.PROBLEMS;
    } catch (TrainingProblemsException wrong) {
      wrong.problems().forEach(this::complain);
      return ExitCodes.PROBLEMS;
    } catch (IOException failed) {
      LOG.warn("Consistency could not be checked", failed);
      complain(failed.getMessage());
      return ExitCodes.UNAVAILABLE;
    }
  }

  private int print(ConsistencyResult result) throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? json(result) : text(result));
    out.flush();
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

  private void complain(String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("consistency: " + what);
    err.flush();
  }
}
