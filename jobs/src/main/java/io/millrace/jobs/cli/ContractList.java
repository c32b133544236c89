package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersionJson;
import io.millrace.document.Environment;
import io.millrace.jobs.contracts.ContractDesk;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.SchemaChange;
import io.millrace.records.SchemaChangeJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code millrace contract list PIPELINE}. */
@Command(
    name = "list",
    description = {
      "Lists the sources of a pipeline with the newest version of their contracts, and the"
          + " suggestions that wait for a decision.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The list was printed.",
      "2:The pipeline file has problems; they were printed.",
      "69:Kafka does not answer."
    })
final class ContractList extends ContractCommand.Reading {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  ContractList(Environment environment) {
    super(environment);
  }

  @Override
  int run(Pipeline pipeline, ContractDesk desk) throws IOException {
    Map<String, ContractVersion> versions = desk.versions();
    TextTable table =
        new TextTable("SOURCE", "CONTRACT", "VERSION", "FIELDS", "NEW", "RENAMED", "WAITING");
    List<SchemaChange> open = new ArrayList<>();
    ObjectNode all = MAPPER.createObjectNode();
    ArrayNode sources = all.putArray("sources");
    for (Source source : pipeline.sources()) {
      ContractVersion version = newest(source, versions);
      List<SchemaChange> waiting = ContractDesk.open(desk.changes(source.name()));
      open.addAll(waiting);
      sources.add(MAPPER.readTree(ContractVersionJson.encode(version)));
      table.add(
          source.name(),
          version.contract(),
          version.label(),
          source.contract().fields().size(),
          version.evolved().size(),
          version.fields().stream().mapToInt(field -> field.aliases().size()).sum(),
          waiting.size());
    }
    if (json) {
      ArrayNode waiting = all.putArray("waiting");
      for (SchemaChange change : open) {
        waiting.add(MAPPER.readTree(SchemaChangeJson.encode(change)));
      }
      out().println(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(all));
      return ExitCodes.OK;
    }
    out().print(table);
    for (SchemaChange change : open) {
      out().println();
      out().println(ContractText.suggestion(change));
      change.reasons().forEach(reason -> out().println("    " + reason));
      out()
          .println(
              "    decide: millrace contract approve|revoke %s %s.%s"
                  .formatted(file, change.source(), change.field()));
    }
    return ExitCodes.OK;
  }
}
