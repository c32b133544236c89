package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.ContractVersion;
import io.millrace.document.Environment;
import io.millrace.jobs.contracts.ContractDesk;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code millrace contract diff PIPELINE SOURCE}. */
@Command(
    name = "diff",
    description = {
      "Shows what the newest version of a contract says beyond its file.",
      "",
      "  +  a field that the file does not have    ~  a wider type",
      "  =  another name of a field                !  a rename that was refused",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:There is no difference.",
      "1:There is a difference; it was printed.",
      "2:The pipeline file has problems; they were printed.",
      "64:The pipeline has no such source.",
      "69:Kafka does not answer."
    })
final class ContractDiff extends ContractCommand.Reading {

  @Parameters(paramLabel = "SOURCE", index = "1", description = "A source of the pipeline.")
  private String sourceName;

  ContractDiff(Environment environment) {
    super(environment);
  }

  @Override
  int run(Pipeline pipeline, ContractDesk desk) throws IOException {
    Source source = source(pipeline, sourceName);
    ContractVersion version = newest(source, desk.versions());
    List<String> lines = ContractText.difference(source.contract(), version);
    if (json) {
      out().println(new ObjectMapper().writeValueAsString(lines));
    } else {
      out()
          .println(
              "contract %s: file %s, newest version %s%s"
                  .formatted(
                      version.contract(),
                      source.contract().version(),
                      version.label(),
                      lines.isEmpty() ? ": no difference" : ""));
      lines.forEach(out()::println);
    }
    return lines.isEmpty() ? ExitCodes.OK : ExitCodes.NOT_FOUND;
  }
}
