package io.millrace.formats;

import io.millrace.ingest.Guard;
import io.millrace.ingest.JsonRowDecoder;
import io.millrace.ingest.RecordFormat;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import java.util.function.LongSupplier;

/** The formats of Kafka sources. */
public final class RecordFormats {
  private RecordFormats() {}

  /**
   * How to read a source's records.
   *
   * @throws IllegalArgumentException if the format's schema cannot be used, naming its file
   */
  public static RecordFormat of(Source source) {
    if (!(source.origin() instanceof KafkaOrigin kafka)) {
      return RecordFormat.JSON;
    }
    return switch (kafka.format()) {
      case JSON, DEBEZIUM_JSON -> RecordFormat.JSON;
      case AVRO -> {
        AvroTranscoders.schema((FormatOptions.Avro) kafka.formatOptions());
        yield new Transcoded("Avro", kafka.formatOptions());
      }
      case PROTOBUF -> {
        ProtobufTranscoder.type((FormatOptions.Protobuf) kafka.formatOptions());
        yield new Transcoded("Protobuf", kafka.formatOptions());
      }
      case AVRO_CONFLUENT -> new Transcoded("Avro", kafka.formatOptions());
      case CSV -> new Transcoded("CSV", kafka.formatOptions());
    };
  }

  /** Comma-separated values, one record at a time, whatever a source's own format is. */
  public static RecordFormat of(FormatOptions.Csv options) {
    return new Transcoded("CSV", options);
  }

  private record Transcoded(String name, FormatOptions options) implements RecordFormat {
    private static final long serialVersionUID = 1L;

    @Override
    public Guard guard(Guard.Settings settings, LongSupplier wallClockMillis) {
      return new Guard(
          settings,
          new TranscodingDecoder(name, transcoder(settings), JsonRowDecoder.guarded(settings)),
          wallClockMillis);
    }

    private Transcoder transcoder(Guard.Settings settings) {
      if (options instanceof FormatOptions.Avro avro) {
        return AvroTranscoders.ofSchema(AvroTranscoders.schema(avro));
      }
      if (options instanceof FormatOptions.Registry registry) {
        return AvroTranscoders.ofRegistry(registry);
      }
      if (options instanceof FormatOptions.Protobuf protobuf) {
        return new ProtobufTranscoder(ProtobufTranscoder.type(protobuf));
      }
      return new CsvTranscoder((FormatOptions.Csv) options, settings.contract());
    }
  }
}
