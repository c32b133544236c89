package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.pipeline.PipelineFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace plan FILE}. */
@Command(
    name = "plan",
    description = {
      "Shows what a pipeline would run: sources, features with their types and Redis keys, topics,"
          + " operators by uid, and an estimate of the state per key. No server is asked.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:The plan was printed.", "2:The file has problems; they were printed."})
final class PlanCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A pipeline file.")
  private Path file;

  @Option(names = "--json", description = "Print the plan as JSON.")
  private boolean json;

  PlanCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    PipelineFile read = PipelineFile.read(file, environment);
    List<Problem> problems = Validation.problems(read);
    if (!problems.isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      problems.forEach(err::println);
      err.flush();
      return ExitCodes.PROBLEMS;
    }
    PipelinePlan plan = new Planner(read.pipeline()).plan();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(plan));
    } else {
      out.print(PlanText.of(plan));
    }
    out.flush();
    return ExitCodes.OK;
  }
}
