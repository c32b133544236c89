package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import io.millrace.jobs.registry.FeatureLock;
import io.millrace.jobs.registry.FeatureLocks;
import io.millrace.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code millrace registry accept}. */
@Command(
    name = "accept",
    description = {
      "Writes down what the features mean now, beside each pipeline file, to be kept under version"
          + " control. From then on a file in which a feature means something else is refused,"
          + " unless the view's version was raised.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:It was written.",
      "2:A feature means something else under the same version; nothing was written of its file."
    })
final class RegistryAccept extends RegistryCommand.Reading {

  RegistryAccept(Environment environment) {
    super(environment);
  }

  @Override
  int run(List<PipelineFile> files) throws IOException {
    boolean refused = false;
    for (PipelineFile file : files) {
      List<Problem> problems = FeatureLocks.problems(file);
      problems.forEach(this::print);
      refused |= !problems.isEmpty();
      if (problems.isEmpty()) {
        Path lock = FeatureLock.beside(file.path());
        FeatureLock now = FeatureLock.of(file.draft().orElseThrow());
        now.write(lock);
        print(
            "%s: %d features of %d views%n"
                .formatted(
                    lock,
                    now.views().values().stream().mapToInt(it -> it.features().size()).sum(),
                    now.views().size()));
      }
    }
    return refused ? ExitCodes.PROBLEMS : ExitCodes.OK;
  }
}
