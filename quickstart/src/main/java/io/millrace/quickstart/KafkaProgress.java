package io.millrace.quickstart;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far a consumer group has come in a topic. */
public final class KafkaProgress implements AutoCloseable {

  private final Admin admin;

  public KafkaProgress(String bootstrapServers) {
    this.admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrapServers));
  }

  /** Records between the beginning of a topic and its end. */
  public long records(String topic) {
    return ends(topic).values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * Records of a topic that the group has committed, which a Flink job does with each checkpoint.
   */
  public long committed(String group, String topic) {
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      return offsets.entrySet().stream()
          .filter(entry -> entry.getKey().topic().equals(topic) && entry.getValue() != null)
          .mapToLong(entry -> entry.getValue().offset())
          .sum();
    } catch (ExecutionException failure) {
      throw new IllegalStateException("offsets of group " + group + " cannot be read", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** By partition of a topic, the offset that its next record gets. */
  public Map<Integer, Long> nextOffsets(String topic) {
    Map<Integer, Long> next = new HashMap<>();
    ends(topic).forEach((partition, offset) -> next.put(partition.partition(), offset));
    return next;
  }

  private Map<TopicPartition, Long> ends(String topic) {
    try {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      admin
          .describeTopics(java.util.List.of(topic))
          .allTopicNames()
          .get()
          .get(topic)
          .partitions()
          .forEach(
              info -> latest.put(new TopicPartition(topic, info.partition()), OffsetSpec.latest()));
      Map<TopicPartition, Long> ends = new HashMap<>();
      admin.listOffsets(latest).all().get().forEach((tp, info) -> ends.put(tp, info.offset()));
      return ends;
    } catch (ExecutionException failure) {
      throw new IllegalStateException("topic " + topic + " cannot be described", failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
