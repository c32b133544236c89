package io.millrace.jobs.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.evolution.ContractMessage;
import io.millrace.evolution.StoredVersion;
import io.millrace.pipeline.Topics;
import io.millrace.records.ControlMessageJson;
import io.millrace.records.SchemaChange;
import io.millrace.records.SchemaChangeJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources and sinks of the topics about contracts. They have one partition each: what is said about
 * a source has an order. Nothing here is transactional, because decisions must take effect within a
 * second and not with the next checkpoint; every reader takes a message that comes twice for one.
 */
public final class ContractTopics {

  private static final Logger LOG = LoggerFactory.getLogger(ContractTopics.class);
  private static final Duration RETENTION = Duration.ofDays(90);

  private ContractTopics() {}

  /** The topics as they are created where they are missing. */
  public static List<NewTopic> definitions(Topics topics) {
    String retention = Long.toString(RETENTION.toMillis());
    return List.of(
        onePartition(topics.contracts())
            .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)),
        onePartition(topics.schemaChanges())
            .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, retention)),
        onePartition(topics.control()).configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, retention)));
  }

  private static NewTopic onePartition(String topic) {
    return new NewTopic(topic, Optional.of(1), Optional.empty());
  }

  /** Versions that are written while the job runs; those before it are read by the log. */
  public static KafkaSource<ContractMessage> versions(Topics topics, String pipeline) {
    return source(
        topics,
        topics.contracts(),
        "millrace-" + pipeline + "-contracts",
        OffsetsInitializer.earliest(),
        new VersionReader());
  }

  /**
   * Control messages. Those that came while no job ran are obeyed as well; a version remembers the
   * messages that made it.
   */
  @SuppressWarnings("deprecation") // Deprecated by Kafka, still asked for by the connector.
  public static KafkaSource<ContractMessage> controls(Topics topics, String pipeline) {
    return source(
        topics,
        topics.control(),
        "millrace-" + pipeline + "-control",
        OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST),
        new ControlReader());
  }

  private static KafkaSource<ContractMessage> source(
      Topics topics,
      String topic,
      String group,
      OffsetsInitializer start,
      KafkaRecordDeserializationSchema<ContractMessage> reader) {
    var builder = KafkaSource.<ContractMessage>builder();
    topics.properties().forEach((name, secret) -> builder.setProperty(name, secret.value()));
    return builder
        .setBootstrapServers(topics.bootstrapServers())
        .setTopics(topic)
        .setGroupId(group)
        .setStartingOffsets(start)
        .setDeserializer(reader)
        .build();
  }

  public static KafkaSink<StoredVersion> versionSink(Topics topics) {
    String topic = topics.contracts();
    return sink(
        topics,
        (version, context, timestamp) ->
            new ProducerRecord<>(
                topic, version.source().getBytes(UTF_8), version.json().getBytes(UTF_8)));
  }

  public static KafkaSink<SchemaChange> changeSink(Topics topics) {
    String topic = topics.schemaChanges();
    return sink(
        topics,
        (change, context, timestamp) ->
            new ProducerRecord<>(
                topic, change.source().getBytes(UTF_8), SchemaChangeJson.encode(change)));
  }

  private static <T> KafkaSink<T> sink(
      Topics topics, KafkaRecordSerializationSchema<T> serializer) {
    Properties producer = new Properties();
    topics.properties().forEach((name, value) -> producer.put(name, value.value()));
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(producer)
        .setBootstrapServers(topics.bootstrapServers())
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setRecordSerializer(serializer)
        .build();
  }

  /** Never fails: what cannot be read is passed over and logged. */
  private abstract static class Reader
      implements KafkaRecordDeserializationSchema<ContractMessage> {
    private static final long serialVersionUID = 1L;

    abstract Optional<ContractMessage> read(ConsumerRecord<byte[], byte[]> record);

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ContractMessage> out) {
      Optional<ContractMessage> message = Optional.empty();
      try {
        message = record.value() == null ? Optional.empty() : read(record);
      } catch (IllegalArgumentException unreadable) {
        LOG.warn(
            "Record {} of topic {} is passed over: {}",
            record.offset(),
            record.topic(),
            unreadable.getMessage());
      }
      message.ifPresent(out::collect);
    }

    @Override
    public TypeInformation<ContractMessage> getProducedType() {
      return TypeInformation.of(ContractMessage.class);
    }
  }

  private static final class VersionReader extends Reader {
    private static final long serialVersionUID = 1L;

    @Override
    Optional<ContractMessage> read(ConsumerRecord<byte[], byte[]> record) {
      String source = new String(record.key(), UTF_8);
      StoredVersion stored = new StoredVersion(source, new String(record.value(), UTF_8));
      return Optional.of(ContractMessage.of(StoredVersion.of(stored.version())));
    }
  }

  private static final class ControlReader extends Reader {
    private static final long serialVersionUID = 1L;

    @Override
    Optional<ContractMessage> read(ConsumerRecord<byte[], byte[]> record) {
      return ControlMessageJson.decode(record.value()).map(ContractMessage::of);
    }
  }
}
