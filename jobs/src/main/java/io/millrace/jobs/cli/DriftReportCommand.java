package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.letters.CommittedRecords;
import io.millrace.jobs.report.DriftReport;
import io.millrace.jobs.report.DriftReportHtml;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.PipelineFile;
import io.millrace.pipeline.Topics;
import io.millrace.records.DriftJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace drift report PIPELINE}. */
@Command(
    name = "report",
    description = {
      "Writes what the drift monitors of a pipeline saw to one HTML file that needs no network:"
          + " every window in outline, and one window in full.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The report was written.",
      "1:There is no such pipeline, monitor or window, or no result yet.",
      "2:The pipeline file has problems; they were printed.",
      "69:Kafka does not answer."
    },
    footer = {
      "",
      "For example:",
      "  millrace drift report flights",
      "  millrace drift report flights --window 2013-07-01 --out july.html"
    })
final class DriftReportCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PIPELINE",
      description = "A pipeline file, or the name of one in conf/pipelines.")
  private String pipelineName;

  @Option(names = "--monitor", paramLabel = "NAME", description = "Only this monitor.")
  private String monitor;

  @Option(
      names = "--window",
      paramLabel = "TIME",
      description =
          "Show the window that holds this time in full, such as 2013-07-01 or"
              + " 2013-07-01T12:00:00Z. By default the newest one that drifted.")
  private String window;

  @Option(
      names = "--out",
      defaultValue = "report.html",
      paramLabel = "FILE",
      description = "The file to write. Default: report.html")
  private Path out;

  @Option(names = "--json", description = "Print the report as JSON instead.")
  private boolean json;

  DriftReportCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path path = PipelineFolder.file(pipelineName);
    if (!Files.isRegularFile(path)) {
      return complain(
          ExitCodes.NOT_FOUND, "there is no pipeline " + pipelineName + ": looked for " + path);
    }
    Instant at = window == null ? null : instant(window);
    PipelineFile file = PipelineFile.read(path, environment);
    if (!file.problems().isEmpty()) {
      for (Problem problem : file.problems()) {
        spec.commandLine().getErr().println(problem);
      }
      spec.commandLine().getErr().flush();
      return ExitCodes.PROBLEMS;
    }
    Pipeline pipeline = file.pipeline();
    DriftReport report = new DriftReport(pipeline.name(), "pipeline " + path, at);
    try {
      read(pipeline.topics(), report);
    } catch (IOException away) {
      return complain(ExitCodes.UNAVAILABLE, away.getMessage());
    }
    List<String> monitors = report.monitors();
    if (monitors.isEmpty()) {
      return complain(ExitCodes.NOT_FOUND, nothing(pipeline));
    }
    PrintWriter writer = spec.commandLine().getOut();
    if (json) {
      writer.println(report.json().toPrettyString());
    } else {
      DriftReportHtml.write(report, out);
      for (String name : monitors) {
        writer.println(name + "  window of " + report.window(name).orElseThrow());
      }
      writer.println("report  " + out.toAbsolutePath());
    }
    writer.flush();
    return ExitCodes.OK;
  }

  private String nothing(Pipeline pipeline) {
    return "topic %s of pipeline %s has no %s%s"
        .formatted(
            pipeline.topics().drift(),
            pipeline.name(),
            window == null ? "window" : "window that holds " + window,
            monitor == null ? "" : " of a monitor " + monitor);
  }

  private void read(Topics topics, DriftReport report) throws IOException, InterruptedException {
    try (CommittedRecords records =
        new CommittedRecords(topics.bootstrapServers(), topics.properties())) {
      records.read(topics.drift(), 0, record -> addResult(record, report), read -> {});
      records.read(topics.alerts(), 0, record -> addAlert(record, report), read -> {});
    }
  }

  private void addResult(ConsumerRecord<byte[], byte[]> record, DriftReport report) {
    if (record.value() == null) {
      return;
    }
    DriftJson.result(record.value())
        .filter(result -> isWanted(result.monitor()))
        .ifPresent(report::add);
    DriftJson.summary(record.value())
        .filter(summary -> isWanted(summary.monitor()))
        .ifPresent(report::add);
  }

  private void addAlert(ConsumerRecord<byte[], byte[]> record, DriftReport report) {
    if (record.value() == null) {
      return;
    }
    DriftJson.alert(record.value())
        .filter(alert -> isWanted(alert.monitor()))
        .ifPresent(report::add);
    DriftJson.advice(record.value())
        .filter(advice -> isWanted(advice.monitor()))
        .ifPresent(report::add);
  }

  private boolean isWanted(String name) {
    return monitor == null || monitor.equals(name);
  }

  private Instant instant(String text) {
    return parsed(text)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--window " + text + ": expected a time such as 2013-07-01T12:00:00Z"));
  }

  private static Optional<Instant> parsed(String text) {
    try {
      return Optional.of(
          text.length() == "2013-07-01".length()
              ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
              : Instant.parse(text));
    } catch (DateTimeException malformed) {
      return Optional.empty();
    }
  }

  private int complain(int code, String what) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("drift report: " + what);
    err.flush();
    return code;
  }
}
