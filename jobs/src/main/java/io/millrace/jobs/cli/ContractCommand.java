package io.millrace.jobs.cli;

import io.millrace.contract.ContractVersion;
import io.millrace.document.Environment;
import io.millrace.jobs.contracts.ContractDesk;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace contract}: what contracts have become while their pipeline ran. */
@Command(
    name = "contract",
    description = "Shows what the contracts of a running pipeline have become, and decides.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "For example:",
      "  millrace contract list conf/pipelines/flights.yaml",
      "  millrace contract diff conf/pipelines/flights.yaml flights",
      "  millrace contract approve conf/pipelines/flights.yaml flights.departure_delay",
      "  millrace contract show conf/pipelines/flights.yaml flights --odcs > flights.odcs.yaml"
    })
final class ContractCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** With its subcommands. */
  static CommandLine commandLine(Environment environment) {
    return new CommandLine(new ContractCommand())
        .addSubcommand(new ContractList(environment))
        .addSubcommand(new ContractShow(environment))
        .addSubcommand(new ContractDiff(environment))
        .addSubcommand(new ContractDecide.Approve(environment))
        .addSubcommand(new ContractDecide.Revoke(environment));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** What the subcommands have in common: a pipeline and its topics. */
  abstract static class Reading extends PipelineCommand {

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    Reading(Environment environment) {
      super(environment);
    }

    abstract int run(Pipeline pipeline, ContractDesk desk) throws IOException, InterruptedException;

    @Override
    final int run(Pipeline pipeline) throws IOException, InterruptedException {
      return run(pipeline, new ContractDesk(pipeline.topics()));
    }

    /** The source, or a usage error that names those there are. */
    Source source(Pipeline pipeline, String name) {
      return pipeline
          .source(name)
          .orElseThrow(
              () ->
                  new ParameterException(
                      spec.commandLine(),
                      "pipeline %s has no source %s; there %s"
                          .formatted(
                              pipeline.name(),
                              name,
                              pipeline.sources().size() == 1
                                  ? "is " + pipeline.sources().get(0).name()
                                  : "are "
                                      + String.join(
                                          ", ",
                                          pipeline.sources().stream()
                                              .map(Source::name)
                                              .toList()))));
    }

    /** The newest version, on top of the file as it is now. */
    static ContractVersion newest(Source source, Map<String, ContractVersion> versions) {
      ContractVersion stored = versions.get(source.name());
      return stored == null
          ? ContractVersion.ofFile(source.name(), source.contract(), 0)
          : stored.rebasedOn(source.contract());
    }
  }
}
