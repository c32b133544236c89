package io.millrace.jobs.letters;

import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Topics;
import io.millrace.records.DeadLetterJson;
import java.io.IOException;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The dead letters of a pipeline as they stand on its topic, read from the oldest on. Letters of
 * other pipelines on the same topic are passed over.
 */
public final class DeadLetterLog {

  private final Pipeline pipeline;

  /** Takes letters in. */
  @FunctionalInterface
  public interface Receiver {
    void accept(StoredLetter letter) throws IOException, InterruptedException;
  }

  /**
   * What reading came to.
   *
   * @param unreadable how many records on the topic are no dead letters that this release can read
   * @param unreadableExample where the first of them stands and what is wrong; empty without any
   */
  public record Reading(long unreadable, String unreadableExample) {}

  public DeadLetterLog(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * Hands on the letters that fit, those of one partition in their order.
   *
   * @param progress told how many records were read
   * @throws IOException if Kafka does not answer
   */
  public Reading read(LetterFilter filter, Receiver letters, LongConsumer progress)
      throws IOException, InterruptedException {
    Topics topics = pipeline.topics();
    Unreadable unreadable = new Unreadable();
    try (CommittedRecords records =
        new CommittedRecords(topics.bootstrapServers(), topics.properties())) {
      records.read(
          topics.deadLetters(),
          filter.sinceMillis(),
          record -> {
            StoredLetter stored;
            try {
              stored = stored(record);
            } catch (IllegalArgumentException malformed) {
              unreadable.add(record, malformed);
              return;
            }
            String of = stored.letter().pipeline();
            if ((of.isEmpty() || of.equals(pipeline.name())) && filter.fits(stored)) {
              letters.accept(stored);
            }
          },
          progress);
    }
    return new Reading(unreadable.count, unreadable.example);
  }

  private static StoredLetter stored(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      throw new IllegalArgumentException("the record has no value");
    }
    return new StoredLetter(
        record.partition(),
        record.offset(),
        record.timestamp(),
        DeadLetterJson.decode(record.value()));
  }

  private static final class Unreadable {
    private long count;
    private String example = "";

    void add(ConsumerRecord<byte[], byte[]> record, IllegalArgumentException why) {
      if (count++ == 0) {
        example = record.partition() + "-" + record.offset() + ": " + why.getMessage();
      }
    }
  }
}
