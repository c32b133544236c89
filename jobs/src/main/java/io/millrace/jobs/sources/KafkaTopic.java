package io.millrace.jobs.sources;

import io.millrace.formats.RecordFormats;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/** Reading a Kafka topic by its contract. */
final class KafkaTopic {

  private KafkaTopic() {}

  /**
   * Starts at the checkpoint if there is one, else at the group's committed offsets, else where the
   * pipeline says. Offsets are committed with checkpoints, for people to watch; a restored job does
   * not look at them.
   */
  static KafkaSource<Ingested> source(Source source, KafkaOrigin origin, TopicReading reading) {
    return builder(source, origin, reading)
        .setGroupId(origin.groupId())
        .setStartingOffsets(OffsetsInitializer.committedOffsets(start(origin)))
        .build();
  }

  /** All of a topic up to where it ends when the job starts; nothing is committed. */
  static KafkaSource<Ingested> history(Source source, KafkaOrigin origin, TopicReading reading) {
    return builder(source, origin, reading)
        .setProperty("commit.offsets.on.checkpoint", "false")
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setBounded(OffsetsInitializer.latest())
        .build();
  }

  static KafkaSourceBuilder<Ingested> builder(
      Source source, KafkaOrigin origin, TopicReading reading) {
    KafkaSourceBuilder<Ingested> builder =
        KafkaSource.<Ingested>builder()
            // Records of aborted transactions never happened.
            .setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    origin.properties().forEach((name, secret) -> builder.setProperty(name, secret.value()));
    return builder
        .setBootstrapServers(origin.bootstrapServers())
        .setTopics(origin.topic())
        .setDeserializer(reader(source, origin, reading));
  }

  private static KafkaRecordDeserializationSchema<Ingested> reader(
      Source source, KafkaOrigin origin, TopicReading reading) {
    Guard.Settings settings = SourceGuard.settings(source);
    return origin.format() == KafkaOrigin.Format.DEBEZIUM_JSON
        ? new DebeziumRecordReader(settings, reading)
        : new KafkaRecordReader(settings, RecordFormats.of(source), reading);
  }

  @SuppressWarnings("deprecation") // Deprecated by Kafka, still asked for by the connector.
  private static OffsetResetStrategy start(KafkaOrigin origin) {
    return switch (origin.startFrom()) {
      case EARLIEST -> OffsetResetStrategy.EARLIEST;
      case LATEST -> OffsetResetStrategy.LATEST;
    };
  }
}
