package io.millrace.jobs.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.Topics;
import io.millrace.records.ConsistencyRound;
import io.millrace.records.ConsistencyRoundJson;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * The topic {@code <prefix>.consistency}: how each round of comparing the online store with history
 * went. A message's key names the pipeline and the view, so that all rounds of one view stay in
 * order.
 */
public final class ConsistencyTopic {

  private ConsistencyTopic() {}

  /** The topic as it is created where it is missing, with what the broker has as defaults. */
  static NewTopic definition(Topics topics) {
    return new NewTopic(topics.consistency(), Optional.empty(), Optional.empty());
  }

  /**
   * Publishes a round and waits until Kafka has it.
   *
   * @throws IOException if Kafka does not take it within 20 s
   */
  public static void send(Topics topics, ConsistencyRound round)
      throws IOException, InterruptedException {
    OneMessage.send(
        topics,
        topics.consistency(),
        (round.pipeline() + "/" + round.view()).getBytes(UTF_8),
        ConsistencyRoundJson.encode(round),
        "round of consistency");
  }
}
