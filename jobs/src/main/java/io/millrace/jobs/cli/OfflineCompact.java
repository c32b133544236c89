package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.offline.OfflineUpkeep;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace offline compact}. */
@Command(
    name = "compact",
    description = {
      "Joins the small files of each day, and drops rows that deletions have marked.",
      "Works in this process, and while the pipeline runs."
    },
    mixinStandardHelpOptions = true)
final class OfflineCompact extends OfflineCommand.OnTables {

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Files that are written at the same time. Default: ${DEFAULT-VALUE}.")
  private int parallelism = 1;

  OfflineCompact(Environment environment) {
    super(environment);
  }

  @Override
  int run(OfflineUpkeep upkeep, List<String> tables) throws IOException {
    for (String name : tables) {
      OfflineUpkeep.Compaction done = upkeep.compact(name, Math.max(1, parallelism));
      out()
          .println(
              done.before() == 0
                  ? name + ": nothing to join"
                  : "%s: %,d files became %,d".formatted(name, done.before(), done.after()));
      out().flush();
    }
    return ExitCodes.OK;
  }
}
