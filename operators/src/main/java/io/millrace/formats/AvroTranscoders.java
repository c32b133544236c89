package io.millrace.formats;

import io.millrace.ingest.DecodingException;
import io.millrace.pipeline.FormatOptions;
import io.millrace.records.DeadLetterReason;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;

/** Avro, with the writer's schema from a file or from a registry. */
final class AvroTranscoders {

  private static final int MAGIC = 0;
  private static final int HEADER_BYTES = 5;

  private AvroTranscoders() {}

  /** Avro binary without a header; every record has this schema. */
  static Transcoder ofSchema(Schema schema) {
    AvroJson avro = new AvroJson();
    return record -> avro.json(schema, record, 0);
  }

  /**
   * Confluent's wire format.
   *
   * <pre>
   * +--------+---------------------------+-----------------+
   * | 0      | schema id, 4 bytes, big   | Avro binary ... |
   * +--------+---------------------------+-----------------+
   * </pre>
   */
  static Transcoder ofRegistry(FormatOptions.Registry settings) {
    SchemaRegistry registry = new SchemaRegistry(settings);
    AvroJson avro = new AvroJson();
    return record -> {
      if (record.length < HEADER_BYTES || record[0] != MAGIC) {
        throw new DecodingException(
            DeadLetterReason.NOT_IN_FORMAT,
            "not Avro in Confluent's wire format: it begins with a zero byte and the id of a schema");
      }
      return avro.json(
          registry.schema(ByteBuffer.wrap(record, 1, 4).getInt()), record, HEADER_BYTES);
    };
  }

  /**
   * @throws IllegalArgumentException naming the file
   */
  static Schema schema(FormatOptions.Avro options) {
    try {
      Schema schema = new Schema.Parser().parse(options.schema());
      if (schema.getType() != Schema.Type.RECORD) {
        throw new IllegalArgumentException("its type is " + schema.getType() + ", not a record");
      }
      return schema;
    } catch (RuntimeException malformed) {
      throw new IllegalArgumentException(
          "Avro schema " + options.file() + " cannot be read: " + malformed.getMessage(),
          malformed);
    }
  }
}
