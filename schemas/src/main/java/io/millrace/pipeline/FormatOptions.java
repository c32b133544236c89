package io.millrace.pipeline;

import java.io.Serializable;
import java.util.List;

/**
 * What the format of a Kafka source needs to know. Files are read when the pipeline file is, so
 * that a cluster does not have to have them.
 */
public sealed interface FormatOptions extends Serializable {

  /** Of formats without options. */
  FormatOptions NONE = new None();

  /** Nothing. */
  record None() implements FormatOptions {}

  /**
   * @param schema the writer's schema as JSON
   * @param file where it was read, for messages
   */
  record Avro(String schema, String file) implements FormatOptions {}

  /**
   * @param url of a registry with Confluent's REST API
   * @param username for basic authentication; empty: none
   */
  record Registry(String url, String username, Secret password) implements FormatOptions {}

  /**
   * @param descriptors a serialized {@code FileDescriptorSet}, as {@code protoc
   *     --descriptor_set_out --include_imports} writes it
   * @param message full name of the record's message type
   * @param file where the descriptors were read, for messages
   */
  record Protobuf(byte[] descriptors, String message, String file) implements FormatOptions {}

  /**
   * @param columns names in the order of the values; empty: the contract's fields in their order
   * @param nullLiteral a value that means null where it is not quoted
   */
  record Csv(List<String> columns, char delimiter, char quote, String nullLiteral)
      implements FormatOptions {
    public Csv {
      columns = List.copyOf(columns);
    }
  }
}
