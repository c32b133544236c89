package io.millrace.jobs.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.contract.ContractVersion;
import io.millrace.jobs.sinks.ControlTopic;
import io.millrace.pipeline.Topics;
import io.millrace.records.ControlMessage;
import io.millrace.records.ControlMessageJson;
import io.millrace.records.SchemaChange;
import io.millrace.records.SchemaChangeJson;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where people look at the contracts of a pipeline's job, and change them while it runs. */
public final class ContractDesk {

  private static final Duration POLL = Duration.ofMillis(200);

  private final Topics topics;

  public ContractDesk(Topics topics) {
    this.topics = topics;
  }

  /**
   * The newest version of each source's contract; none before the job has run.
   *
   * @throws IOException if Kafka does not answer
   */
  public Map<String, ContractVersion> versions() throws IOException {
    return new KafkaContractLog(topics).newest();
  }

  /**
   * Everything that was said about a source's schema, oldest first.
   *
   * @throws IOException if Kafka does not answer
   */
  public List<SchemaChange> changes(String source) throws IOException {
    List<SchemaChange> changes = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record :
        TopicContent.read(topics, topics.schemaChanges())) {
      try {
        SchemaChange change = SchemaChangeJson.decode(record.value());
        if (change.source().equals(source)) {
          changes.add(change);
        }
      } catch (IllegalArgumentException notOurs) {
        // Somebody else's record: nothing to show.
      }
    }
    return changes;
  }

  /** The suggestions that wait for a person, oldest first. */
  public static List<SchemaChange> open(List<SchemaChange> changes) {
    Map<String, SchemaChange> open = new LinkedHashMap<>();
    for (SchemaChange change : changes) {
      switch (change.status()) {
        case SUGGESTED -> open.put(change.subject(), change);
        case APPLIED, REVOKED, REFUSED -> open.remove(change.subject());
        case NOTICED, REJECTED -> {}
      }
    }
    return List.copyOf(open.values());
  }

  /**
   * Sends a message to the job.
   *
   * @throws IOException if Kafka does not take it
   */
  public void send(ControlMessage message) throws IOException, InterruptedException {
    ControlTopic.send(
        topics, message.source().getBytes(UTF_8), ControlMessageJson.encode(message), "message");
  }

  /**
   * Waits for the job's answer to a message.
   *
   * @param known how many changes of the source were known before it was sent
   * @return empty if no job has answered in time
   */
  public Optional<SchemaChange> answer(ControlMessage message, int known, Duration patience)
      throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    do {
      List<SchemaChange> changes = changes(message.source());
      Optional<SchemaChange> answer =
          changes.stream()
              .skip(known)
              .filter(change -> change.field().equals(message.field()))
              .filter(change -> change.decidedBy().equals(message.sentBy()))
              .findFirst();
      if (answer.isPresent()) {
        return answer;
      }
      LockSupport.parkNanos(POLL.toNanos());
    } while (System.nanoTime() < deadline);
    return Optional.empty();
  }
}
