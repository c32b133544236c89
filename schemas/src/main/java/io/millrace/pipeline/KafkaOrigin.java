package io.millrace.pipeline;

import java.util.Locale;
import java.util.Map;

/**
 * A Kafka topic.
 *
 * @param formatOptions what the format needs to know
 * @param startFrom used when there is neither a checkpoint nor a committed offset
 * @param properties further client properties (TLS, SASL); values may be secrets and are not
 *     printed
 */
public record KafkaOrigin(
    String topic,
    String bootstrapServers,
    Format format,
    FormatOptions formatOptions,
    String groupId,
    StartFrom startFrom,
    Map<String, Secret> properties)
    implements Source.Origin {

  /** Encoding of a record's value. */
  public enum Format {
    JSON,
    /** Avro binary, of one writer's schema. */
    AVRO,
    /** Avro binary behind the id of its writer's schema in a schema registry. */
    AVRO_CONFLUENT,
    PROTOBUF,
    CSV,
    /** Changes of a table as Debezium writes them: rows are inserted, updated and deleted. */
    DEBEZIUM_JSON;

    /** As pipeline files write it. */
    public String keyword() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Position of the first record that is read. */
  public enum StartFrom {
    EARLIEST,
    LATEST
  }

  /** A topic in a format without options. */
  public KafkaOrigin(
      String topic,
      String bootstrapServers,
      Format format,
      String groupId,
      StartFrom startFrom,
      Map<String, Secret> properties) {
    this(topic, bootstrapServers, format, FormatOptions.NONE, groupId, startFrom, properties);
  }

  public KafkaOrigin {
    properties = Map.copyOf(properties);
  }
}
