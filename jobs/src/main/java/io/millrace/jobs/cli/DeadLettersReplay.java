package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.letters.Replays;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code millrace dead-letters replay PIPELINE}. */
@Command(
    name = "replay",
    description = {
      "Sends refused records back to the running job, which reads their original bytes by the"
          + " contract as it is now and keeps their event time.",
      "",
      "A record takes effect once, however often it is sent. What a single view or its store"
          + " refused goes to that view alone. What is refused again becomes a new dead letter.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The letters were sent, or in a dry run would be.",
      "1:There are no such letters, or none that a replay can repair.",
      "2:The pipeline file has problems; they were printed.",
      "64:Nothing was chosen.",
      "69:Kafka does not answer."
    },
    footer = {
      "",
      "For example, after the contract was corrected and the job resumed with it:",
      "  millrace dead-letters replay conf/pipelines/flights.yaml --reason MISSING_FIELD --since 24h"
    })
final class DeadLettersReplay extends DeadLettersCommand.Reading {

  @Option(names = "--all", description = "Choose every letter; needed when nothing else is chosen.")
  private boolean all;

  @Option(names = "--dry-run", description = "Only say what would be sent.")
  private boolean dryRun;

  DeadLettersReplay(Environment environment, Clock clock) {
    super(environment, clock);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    if (selection.isEmpty() && !all) {
      throw new ParameterException(
          spec.commandLine(),
          "Say which letters: --reason, --source, --view, --field, --since or --id, or --all");
    }
    Replays.Report report =
        new Replays(pipeline).send(selection.filter(clock.instant()), dryRun, progress(pipeline));
    out().print(text(report, pipeline));
    out().flush();
    reportUnreadable(report.reading(), pipeline);
    return report.sent() > 0 ? ExitCodes.OK : ExitCodes.NOT_FOUND;
  }

  private String text(Replays.Report report, Pipeline pipeline) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%,d dead letters of pipeline %s chosen%n".formatted(report.chosen(), pipeline.name()));
    if (report.superseded() > 0) {
      text.append(
          "%,8d are older letters of records that have a newer one%n"
              .formatted(report.superseded()));
    }
    for (Map.Entry<String, Long> reason : report.refused().entrySet()) {
      text.append("%,8d cannot be repaired: %s%n".formatted(reason.getValue(), reason.getKey()));
    }
    if (dryRun) {
      text.append(
          "%,8d would be sent to topic %s%n".formatted(report.sent(), pipeline.topics().replay()));
    } else if (report.sent() > 0) {
      text.append(
          "%,8d sent to topic %s; what is refused again becomes a new dead letter%n"
              .formatted(report.sent(), pipeline.topics().replay()));
    }
    return text.toString();
  }
}
