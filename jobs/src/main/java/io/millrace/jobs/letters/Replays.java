package io.millrace.jobs.letters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.jobs.sinks.KafkaClient;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Topics;
import io.millrace.records.DeadLetter;
import io.millrace.records.Replay;
import io.millrace.records.ReplayJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters back to the running job, which takes each in at most once: sending one twice
 * does no harm. Of several letters of one record only the newest is sent.
 *
 * <p>Holds in memory where the chosen letters stand, not their bytes, except of those that are on
 * their way: about 100 bytes a letter.
 */
public final class Replays {

  /** The longest message of the replay topic; a value of 1 MiB is 1.4 MiB in base64. */
  public static final int MAX_MESSAGE_BYTES = 4 << 20;

  private static final int IN_FLIGHT = 500;
  private static final String GONE =
      "its bytes were cut off, and the record is no longer on its topic as it was";

  private final Pipeline pipeline;

  /**
   * What became of the chosen letters.
   *
   * @param chosen how many fit the filter
   * @param sent how many go, or in a dry run would go, back to the job
   * @param superseded how many are of records of which a newer letter is among the chosen
   * @param refused how many cannot be repaired by a replay, by the reason why not
   * @param reading what could not be read
   */
  public record Report(
      long chosen,
      long sent,
      long superseded,
      Map<String, Long> refused,
      DeadLetterLog.Reading reading) {}

  public Replays(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** Sends what fits, without a word about progress. */
  public static Report send(Pipeline pipeline, LetterFilter filter)
      throws IOException, InterruptedException {
    return new Replays(pipeline).send(filter, false, read -> {});
  }

  /**
   * Reads the topic twice, to choose and to send.
   *
   * @param dryRun only says what would be done
   * @param progress told how many records of the topic were read
   * @throws IOException if Kafka does not answer or refuses
   */
  public Report send(LetterFilter filter, boolean dryRun, LongConsumer progress)
      throws IOException, InterruptedException {
    Choice choice = new Choice();
    DeadLetterLog log = new DeadLetterLog(pipeline);
    DeadLetterLog.Reading reading = log.read(filter, choice::consider, progress);
    Set<String> ids = choice.ids();
    long superseded = choice.fitting - choice.newest.size();
    long chosen = choice.fitting + choice.refused.values().stream().mapToLong(it -> it).sum();
    long sent = ids.size();
    if (!dryRun && sent > 0) {
      sent -= sendAll(log, filter, ids, choice.refused);
    }
    return new Report(chosen, sent, superseded, new TreeMap<>(choice.refused), reading);
  }

  /** Which letters go back, by where they stand. */
  private final class Choice {
    private record Standing(String id, int replays) {}

    private final Map<String, Standing> newest = new HashMap<>();
    private final Map<String, Long> refused = new HashMap<>();
    private long fitting;

    void consider(StoredLetter stored) {
      Optional<String> against = Verdict.against(pipeline, stored.letter());
      if (against.isPresent()) {
        refused.merge(against.get(), 1L, Long::sum);
        return;
      }
      fitting++;
      newest.merge(
          new Replay(stored.id(), stored.letter()).identity(),
          new Standing(stored.id(), stored.letter().coordinates().replays()),
          (one, other) -> other.replays >= one.replays ? other : one);
    }

    Set<String> ids() {
      return newest.values().stream().map(Standing::id).collect(Collectors.toSet());
    }
  }

  /** Returns how many could not be sent. */
  private long sendAll(
      DeadLetterLog log, LetterFilter filter, Set<String> ids, Map<String, Long> refused)
      throws IOException, InterruptedException {
    Topics topics = pipeline.topics();
    long[] unsent = new long[1];
    try (KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                client(topics), new ByteArraySerializer(), new ByteArraySerializer());
        WholeBytes bytes = new WholeBytes()) {
      List<Future<RecordMetadata>> answers = new ArrayList<>();
      log.read(
          filter,
          stored -> {
            if (!ids.contains(stored.id())) {
              return;
            }
            Optional<DeadLetter> whole = bytes.of(stored.letter());
            if (whole.isEmpty()) {
              refused.merge(GONE, 1L, Long::sum);
              unsent[0]++;
              return;
            }
            answers.add(
                producer.send(
                    new ProducerRecord<>(
                        topics.replay(),
                        whole.get().source().getBytes(UTF_8),
                        ReplayJson.encode(new Replay(stored.id(), whole.get())))));
            if (answers.size() == IN_FLIGHT) {
              await(answers);
            }
          },
          read -> {});
      await(answers);
    } catch (KafkaException failure) {
      throw notTaken(failure);
    }
    return unsent[0];
  }

  private static Map<String, Object> client(Topics topics) {
    Map<String, Object> client = KafkaClient.of(topics);
    client.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_MESSAGE_BYTES);
    client.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    client.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 20_000);
    client.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    client.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
    return client;
  }

  private IOException notTaken(Throwable cause) {
    return new IOException(
        "Kafka at %s did not take a replay to topic %s: %s. The topic is created when the job starts; sending again does no harm"
            .formatted(
                pipeline.topics().bootstrapServers(),
                pipeline.topics().replay(),
                KafkaClient.words(cause)),
        cause);
  }

  private void await(List<Future<RecordMetadata>> answers)
      throws IOException, InterruptedException {
    for (Future<RecordMetadata> answer : answers) {
      try {
        answer.get();
      } catch (ExecutionException refused) {
        throw notTaken(refused.getCause());
      }
    }
    answers.clear();
  }

  /** Fetches from the source's topic what a letter has only the beginning of. */
  private final class WholeBytes implements AutoCloseable {
    private final Map<String, CommittedRecords> bySource = new HashMap<>();

    /** Empty when the record is gone, or no longer the one that was refused. */
    Optional<DeadLetter> of(DeadLetter letter) throws IOException {
      if (!letter.raw().isTruncated()) {
        return Optional.of(letter);
      }
      Optional<KafkaOrigin> origin = Verdict.kafka(pipeline, letter);
      if (origin.isEmpty()) {
        return Optional.empty();
      }
      CommittedRecords records = bySource.get(letter.source());
      if (records == null) {
        records = new CommittedRecords(origin.get().bootstrapServers(), origin.get().properties());
        bySource.put(letter.source(), records);
      }
      DeadLetter.Coordinates at = letter.coordinates();
      ConsumerRecord<byte[], byte[]> record = records.at(at.place(), at.partition(), at.position());
      if (record == null || record.value() == null) {
        return Optional.empty();
      }
      byte[] value = record.value();
      // Cutting the whole value as it was cut gives the same sum, unless it is another record.
      DeadLetter.Raw cut = DeadLetter.Raw.bounded(value, letter.raw().bytes().length);
      return cut.sha256().equals(letter.raw().sha256())
          ? Optional.of(letter.withRaw(DeadLetter.Raw.bounded(value, value.length)))
          : Optional.empty();
    }

    @Override
    public void close() {
      bySource.values().forEach(CommittedRecords::close);
    }
  }
}
