package io.millrace.jobs.cli;

import io.millrace.jobs.letters.LetterFilter;
import io.millrace.jobs.letters.Replays;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.ControlMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads again what was refused because of a field, once somebody has decided about the field. */
final class ContractReplay {

  /**
   * From the answer of the job until every guard has heard of the new version, with room to spare.
   * A record that is there earlier is refused once more, and can be sent once more.
   */
  private static final Duration UNTIL_HEARD = Duration.ofSeconds(2);

  private ContractReplay() {}

  /**
   * Sends the dead letters of the fields that a message is about.
   *
   * @return what was done, for people; empty when there are no such letters
   * @throws IOException if Kafka does not answer
   */
  static String of(Pipeline pipeline, ControlMessage message)
      throws IOException, InterruptedException {
    Set<String> fields = new LinkedHashSet<>();
    fields.add(message.field());
    if (message.subject() == ControlMessage.Subject.RENAME) {
      fields.add(message.target());
    }
    Thread.sleep(UNTIL_HEARD.toMillis());
    long sent = 0;
    for (String field : fields) {
      sent += Replays.send(pipeline, LetterFilter.ofField(message.source(), field)).sent();
    }
    return sent == 0
        ? ""
        : "%,d dead letters of %s are read again%n".formatted(sent, String.join(" and ", fields));
  }
}
