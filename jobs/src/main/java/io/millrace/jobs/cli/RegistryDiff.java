package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.registry.FeatureChange;
import io.millrace.jobs.registry.FeatureLock;
import io.millrace.jobs.registry.FeatureLocks;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code millrace registry diff}. */
@Command(
    name = "diff",
    description = {
      "Lists the features that are new, gone, or mean something else than was accepted.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:Nothing differs.", "1:Something does."})
final class RegistryDiff extends RegistryCommand.Reading {

  RegistryDiff(Environment environment) {
    super(environment);
  }

  @Override
  int run(List<PipelineFile> files) throws IOException {
    boolean differs = false;
    for (PipelineFile file : files) {
      if (!Files.exists(FeatureLock.beside(file.path()))) {
        print("%s: nothing was accepted yet%n".formatted(file.path()));
        continue;
      }
      List<FeatureChange> changes = FeatureLocks.changes(file, file.draft().orElseThrow());
      differs |= !changes.isEmpty();
      print(RegistryText.changes(file.path(), changes));
    }
    return differs ? ExitCodes.NOT_FOUND : ExitCodes.OK;
  }
}
