package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.NearestName;
import io.millrace.document.Problem;
import io.millrace.jobs.sinks.DriftOrders;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.records.DriftControl;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code millrace drift promote} and {@code millrace drift rebuild}: orders to a running monitor.
 */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The order was sent; a running job obeys within a second.",
      "1:There is no such pipeline or monitor.",
      "2:The pipeline file has problems; they were printed.",
      "69:Kafka does not answer."
    })
abstract class DriftOrderCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "PIPELINE",
      description = "A pipeline file, or the name of one in conf/pipelines.")
  private String pipelineName;

  @Parameters(index = "1", paramLabel = "MONITOR", description = "A drift monitor of it.")
  private String monitor;

  private DriftOrderCommand(Environment environment) {
    this.environment = environment;
  }

  abstract DriftControl order(String name);

  @Override
  public Integer call() throws InterruptedException {
    Path path = PipelineFolder.file(pipelineName);
    if (!Files.isRegularFile(path)) {
      return complain(
          ExitCodes.NOT_FOUND, "there is no pipeline " + pipelineName + ": looked for " + path);
    }
    PipelineFile file = PipelineFile.read(path, environment);
    if (!file.problems().isEmpty()) {
      for (Problem problem : file.problems()) {
        spec.commandLine().getErr().println(problem);
      }
      spec.commandLine().getErr().flush();
      return ExitCodes.PROBLEMS;
    }
    Pipeline pipeline = file.pipeline();
    List<String> monitors = pipeline.driftMonitors().stream().map(DriftMonitorSpec::name).toList();
    if (!monitors.contains(monitor)) {
      return complain(
          ExitCodes.NOT_FOUND,
          "pipeline %s has no monitor %s, only [%s]; %s"
              .formatted(
                  pipeline.name(),
                  monitor,
                  String.join(", ", monitors),
                  NearestName.suggestion(monitor, monitors, "name one of these")));
    }
    try {
      DriftOrders.send(pipeline.topics(), order(monitor));
    } catch (IOException away) {
      return complain(ExitCodes.UNAVAILABLE, away.getMessage());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(monitor + ": sent to topic " + pipeline.topics().control());
    out.flush();
    return ExitCodes.OK;
  }

  private int complain(int exitCode, String message) {
    spec.commandLine().getErr().println("millrace: " + message);
    spec.commandLine().getErr().flush();
    return exitCode;
  }

  @Command(
      name = "promote",
      description = {
        "Makes the window that a monitor closed last its reference, for all columns and segments.",
        ""
      })
  static final class Promote extends DriftOrderCommand {
    @Option(
        names = "--id",
        defaultValue = "",
        paramLabel = "ID",
        description =
            "Name of the reference, shown with every result; with reference: {pinned: ID} it must"
                + " be that one.")
    private String id;

    Promote(Environment environment) {
      super(environment);
    }

    @Override
    DriftControl order(String name) {
      return new DriftControl(name, DriftControl.Action.PROMOTE, id);
    }
  }

  @Command(
      name = "rebuild",
      description = {
        "Lets a monitor forget its reference and make a new one, as the pipeline file says.",
        ""
      })
  static final class Rebuild extends DriftOrderCommand {
    Rebuild(Environment environment) {
      super(environment);
    }

    @Override
    DriftControl order(String name) {
      return new DriftControl(name, DriftControl.Action.REBUILD, "");
    }
  }
}
