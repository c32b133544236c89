package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.document.Environment;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace plan PIPELINE}. */
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
final class PlanCommand extends PipelineCommand {

  @Option(names = "--json", description = "Print the plan as JSON.")
  private boolean json;

  PlanCommand(Environment environment) {
    super(environment);
  }

  @Override
  int run(Pipeline pipeline) throws IOException {
    PipelinePlan plan = new Planner(pipeline).plan();
    if (json) {
      out().println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(plan));
    } else {
      out().print(PlanText.of(plan));
    }
    return ExitCodes.OK;
  }
}
