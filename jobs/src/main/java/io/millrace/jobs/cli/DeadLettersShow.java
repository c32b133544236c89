package io.millrace.jobs.cli;

import io.millrace.document.Environment;
import io.millrace.jobs.letters.DeadLetterLog;
import io.millrace.jobs.letters.LetterFilter;
import io.millrace.jobs.letters.StoredLetter;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code millrace dead-letters show PIPELINE [ID...]}. */
@Command(
    name = "show",
    description = {
      "Prints whole dead letters, the newest last: where the record lay, why it was refused, and its"
          + " bytes, as text or as a hex dump.",
      "",
      "In records of a contract with fields classified pii, only values of its other fields are"
          + " shown.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The letters were printed.",
      "1:There are no such letters.",
      "2:The pipeline file has problems; they were printed.",
      "69:Kafka does not answer."
    })
final class DeadLettersShow extends DeadLettersCommand.Reading {

  @Parameters(
      paramLabel = "ID",
      index = "1..*",
      arity = "0..*",
      description = "Letters, named as list does: 0-42.")
  private List<String> named = List.of();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10",
      description = "Print the newest N letters at most (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--reveal", description = "Show personal data too.")
  private boolean reveal;

  @Option(
      names = "--json",
      description = "Print the letters as they stand on the topic; needs --reveal.")
  private boolean json;

  DeadLettersShow(Environment environment, Clock clock) {
    super(environment, clock);
  }

  @Override
  int run(Pipeline pipeline) throws IOException, InterruptedException {
    if (json && !reveal) {
      throw new ParameterException(
          spec.commandLine(),
          "--json prints records as they are, personal data too: add --reveal if you may see it");
    }
    LetterFilter filter = selection.filter(clock.instant(), named);
    int most = Math.max(1, named.isEmpty() ? limit : named.size());
    Deque<StoredLetter> newest = new ArrayDeque<>();
    long[] fitting = new long[1];
    DeadLetterLog.Reading reading =
        new DeadLetterLog(pipeline)
            .read(
                filter,
                letter -> {
                  fitting[0]++;
                  newest.add(letter);
                  if (newest.size() > most) {
                    newest.remove();
                  }
                },
                progress(pipeline));
    LetterText text = new LetterText(pipeline, reveal);
    for (StoredLetter letter : newest) {
      out().print(json ? text.json(letter) : text.of(letter));
    }
    out().flush();
    reportUnreadable(reading, pipeline);
    if (newest.isEmpty()) {
      complain("there are no such letters on topic " + pipeline.topics().deadLetters());
      return ExitCodes.NOT_FOUND;
    }
    if (fitting[0] > newest.size()) {
      complain("%,d more letters fit; see --limit".formatted(fitting[0] - newest.size()));
    }
    return ExitCodes.OK;
  }
}
