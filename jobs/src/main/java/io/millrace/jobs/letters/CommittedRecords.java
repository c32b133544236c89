package io.millrace.jobs.letters;

import io.millrace.jobs.sinks.KafkaClient;
import io.millrace.pipeline.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic once, from a moment on up to where it ended when reading began. Records of
 * transactions that are open or aborted are not seen.
 */
public final class CommittedRecords implements AutoCloseable {

  /** Takes records in. */
  @FunctionalInterface
  public interface Receiver {
    void accept(ConsumerRecord<byte[], byte[]> record) throws IOException, InterruptedException;
  }

  /** A broker that says nothing for so long is taken to be away. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration POLL = Duration.ofMillis(200);

  private final String servers;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param properties further client properties (TLS, SASL)
   * @throws IOException if the properties cannot be used
   */
  public CommittedRecords(String servers, Map<String, Secret> properties) throws IOException {
    this.servers = servers;
    Map<String, Object> client = KafkaClient.of(servers, properties);
    client.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    client.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    client.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    client.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    try {
      consumer =
          new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException malformed) {
      throw new IOException("Kafka at " + servers + ": " + KafkaClient.words(malformed), malformed);
    }
  }

  /**
   * Hands on every record that was written at or after a time; none when there is no such topic.
   *
   * @param progress told how many records were read, after each batch of them
   * @throws IOException if Kafka does not answer
   */
  public void read(String topic, long sinceMillis, Receiver records, LongConsumer progress)
      throws IOException, InterruptedException {
    try {
      List<TopicPartition> partitions = partitions(topic);
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      seek(partitions, sinceMillis, ends);
      Set<TopicPartition> open = new HashSet<>(partitions);
      long read = 0;
      long heard = System.nanoTime();
      while (true) {
        open.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
        if (open.isEmpty()) {
          return;
        }
        ConsumerRecords<byte[], byte[]> batch = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : batch) {
          TopicPartition of = new TopicPartition(record.topic(), record.partition());
          if (record.offset() < ends.get(of) && record.timestamp() >= sinceMillis) {
            records.accept(record);
          }
        }
        read += batch.count();
        heard = batch.isEmpty() ? heard : System.nanoTime();
        if (System.nanoTime() - heard > PATIENCE.toNanos()) {
          throw away(topic, "no record came for " + PATIENCE.toSeconds() + " s");
        }
        progress.accept(read);
      }
    } catch (KafkaException failure) {
      throw away(topic, failure);
    }
  }

  /**
   * One record.
   *
   * @return null when it is there no more
   */
  public ConsumerRecord<byte[], byte[]> at(String topic, int partition, long offset)
      throws IOException {
    TopicPartition place = new TopicPartition(topic, partition);
    try {
      if (!partitions(topic).contains(place)) {
        return null;
      }
      consumer.assign(List.of(place));
      long begin = consumer.beginningOffsets(List.of(place)).get(place);
      long end = consumer.endOffsets(List.of(place)).get(place);
      if (offset < begin || offset >= end) {
        return null;
      }
      consumer.seek(place, offset);
      long start = System.nanoTime();
      while (consumer.position(place) <= offset) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          return record.offset() == offset ? record : null;
        }
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw away(topic, "no record came for " + PATIENCE.toSeconds() + " s");
        }
      }
      return null;
    } catch (KafkaException failure) {
      throw away(topic, failure);
    }
  }

  private List<TopicPartition> partitions(String topic) {
    List<PartitionInfo> infos = consumer.listTopics().get(topic);
    return infos == null
        ? List.of()
        : infos.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
  }

  private void seek(
      Collection<TopicPartition> partitions, long sinceMillis, Map<TopicPartition, Long> ends) {
    if (sinceMillis <= 0) {
      consumer.seekToBeginning(partitions);
      return;
    }
    Map<TopicPartition, Long> wanted = new HashMap<>();
    partitions.forEach(partition -> wanted.put(partition, sinceMillis));
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
    for (TopicPartition partition : partitions) {
      OffsetAndTimestamp first = found.get(partition);
      consumer.seek(partition, first == null ? ends.get(partition) : first.offset());
    }
  }

  private IOException away(String topic, KafkaException failure) {
    return new IOException(
        "Kafka at " + servers + ", topic " + topic + ": " + KafkaClient.words(failure), failure);
  }

  private IOException away(String topic, String why) {
    return new IOException("Kafka at " + servers + ", topic " + topic + ": " + why);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
