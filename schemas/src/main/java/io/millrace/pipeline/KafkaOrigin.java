package io.millrace.pipeline;

import java.util.Map;

/**
 * A Kafka topic.
 *
 * @param startFrom used when there is neither a checkpoint nor a committed offset
 * @param properties further client properties (TLS, SASL); values may be secrets and are not
 *     printed
 */
public record KafkaOrigin(
    String topic,
    String bootstrapServers,
    Format format,
    String groupId,
    StartFrom startFrom,
    Map<String, Secret> properties)
    implements Source.Origin {

  /** Encoding of a record's value. */
  public enum Format {
    JSON
  }

  /** Position of the first record that is read. */
  public enum StartFrom {
    EARLIEST,
    LATEST
  }

  public KafkaOrigin {
    properties = Map.copyOf(properties);
  }
}
