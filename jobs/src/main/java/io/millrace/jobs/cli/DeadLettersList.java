package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.letters.DeadLetterLog;
import io.millrace.jobs.letters.LetterGroups;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace dead-letters list PIPELINE}. */
@Command(
    name = "list",
    description = {
      "Groups dead letters by source, reason, field and view: how many there are, when the newest"
          + " was written, and that one as an example.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The groups were printed; there may be none.",
      "2:The pipeline file has problems; they were printed.",
      "69:Kafka does not answer."
    })
final class DeadLettersList extends DeadLettersCommand.Reading {

  @Option(names = "--json", description = "Print a JSON object per group and line.")
  private boolean json;

  DeadLettersList(Environment environment, Clock clock) {
    super(environment, clock);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    LetterGroups groups = new LetterGroups();
    DeadLetterLog.Reading reading =
        new DeadLetterLog(pipeline)
            .read(selection.filter(clock.instant()), groups::add, progress(pipeline));
    List<LetterGroups.Group> found = groups.groups();
    out().print(json ? LettersText.json(found) : LettersText.table(found, pipeline));
    out().flush();
    reportUnreadable(reading, pipeline);
    return ExitCodes.OK;
  }
}
