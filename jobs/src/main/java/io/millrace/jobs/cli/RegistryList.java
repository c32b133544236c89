package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace registry list}. */
@Command(
    name = "list",
    description = "Lists all views: what they are of, how many features, who answers for them.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RegistryList extends RegistryCommand.Reading {

  @Option(names = "--json", description = "Print everything as JSON.")
  private boolean json;

  RegistryList(Environment environment) {
    super(environment);
  }

  @Override
  int run(List<PipelineFile> files) throws IOException {
    return printViews(views(files), json);
  }
}
