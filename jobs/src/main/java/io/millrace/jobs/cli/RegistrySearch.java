package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.registry.RegisteredView;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace registry search TEXT}. */
@Command(
    name = "search",
    description = {
      "Lists the views and features in whose names, descriptions, owners, definitions or source"
          + " fields a text occurs.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:Something was found.", "1:Nothing was found."})
final class RegistrySearch extends RegistryCommand.Reading {

  @Parameters(paramLabel = "TEXT", description = "What to look for, in any case.")
  private String text;

  @Option(names = "--json", description = "Print everything about them as JSON.")
  private boolean json;

  RegistrySearch(Environment environment) {
    super(environment);
  }

  @Override
  int run(List<PipelineFile> files) throws IOException {
    List<RegisteredView> found = views(files).stream().filter(view -> view.mentions(text)).toList();
    if (json) {
      return printViews(found, true);
    }
    print(RegistryText.found(found, text));
    return found.isEmpty() ? ExitCodes.NOT_FOUND : ExitCodes.OK;
  }
}
