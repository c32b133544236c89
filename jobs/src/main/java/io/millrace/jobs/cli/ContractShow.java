package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.ContractFile;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersionJson;
import io.millrace.contract.EvolvedContract;
import io.millrace.document.Environment;
import io.millrace.document.YamlFile;
import io.millrace.document.YamlValue;
import io.millrace.jobs.contracts.ContractDesk;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace contract show PIPELINE SOURCE}. */
@Command(
    name = "show",
    description = {
      "Shows the newest version of a source's contract.",
      "",
      "With --odcs it is printed as a contract file: the source's own file with the aliases, wider"
          + " types and new fields put in. Commit it and resume the job with it; then the new"
          + " fields are columns.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The contract was printed.",
      "2:The pipeline file has problems; they were printed.",
      "64:The pipeline has no such source.",
      "69:Kafka does not answer."
    })
final class ContractShow extends ContractCommand.Reading {

  @Parameters(paramLabel = "SOURCE", index = "1", description = "A source of the pipeline.")
  private String sourceName;

  @Option(names = "--odcs", description = "Print an Open Data Contract Standard file.")
  private boolean odcs;

  ContractShow(Environment environment) {
    super(environment);
  }

  @Override
  int run(Pipeline pipeline, ContractDesk desk) throws IOException {
    Source source = source(pipeline, sourceName);
    ContractVersion version = newest(source, desk.versions());
    if (odcs) {
      String reference = reference();
      Path path =
          ContractFile.find(reference, file.toAbsolutePath().getParent())
              .orElseThrow(() -> new IOException("no file " + reference));
      out().print(EvolvedContract.file(path, reference, version));
      EvolvedContract.leftOut(version)
          .forEach(field -> complain(field + " lies within another field and is left out"));
    } else if (json) {
      ObjectMapper mapper = new ObjectMapper();
      out()
          .println(
              mapper
                  .writerWithDefaultPrettyPrinter()
                  .writeValueAsString(mapper.readTree(ContractVersionJson.encode(version))));
    } else {
      out()
          .println(
              "%s: contract %s, version %s (%s)"
                  .formatted(source.name(), version.contract(), version.label(), version.reason()));
      out().println();
      out().print(ContractText.fields(version));
    }
    return ExitCodes.OK;
  }

  /** As the pipeline file writes it. */
  private String reference() {
    return YamlFile.read(file)
        .root()
        .flatMap(root -> root.get("sources"))
        .flatMap(sources -> sources.get(sourceName))
        .flatMap(source -> source.get("contract"))
        .map(YamlValue::text)
        .orElseThrow();
  }
}
