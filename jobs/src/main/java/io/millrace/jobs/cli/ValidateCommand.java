package io.millrace.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.pipeline.PipelineFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace validate FILE...}. */
@Command(
    name = "validate",
    description = {
      "Checks pipeline files, the contracts they name, and their SQL expressions.",
      "",
      "All problems are printed at once, one per line:",
      "  FILE:LINE: PATH: found ..., expected ...; how to fix it",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:No problems.", "2:Problems; they were printed."})
final class ValidateCommand implements Callable<Integer> {

  private final Environment environment;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Pipeline files.")
  private List<Path> files;

  @Option(names = "--json", description = "Print the problems as a JSON list.")
  private boolean json;

  ValidateCommand(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    List<Problem> problems = new ArrayList<>();
    for (Path file : files) {
      problems.addAll(Validation.problems(PipelineFile.read(file, environment)));
    }
    if (json) {
      out.println(asJson(problems));
    } else {
      problems.forEach(out::println);
      out.println(
          counted(files.size(), "file")
              + ", "
              + (problems.isEmpty() ? "no problems" : counted(problems.size(), "problem")));
    }
    out.flush();
    return problems.isEmpty() ? ExitCodes.OK : ExitCodes.PROBLEMS;
  }

  private static String counted(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String asJson(List<Problem> problems) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    ArrayNode list = mapper.createArrayNode();
    for (Problem problem : problems) {
      ObjectNode node = list.addObject();
      node.put("file", problem.file());
      node.put("line", problem.line());
      node.put("path", problem.path());
      node.put("found", problem.found());
      node.put("expected", problem.expected());
      node.put("fix", problem.fix());
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(list);
  }
}
