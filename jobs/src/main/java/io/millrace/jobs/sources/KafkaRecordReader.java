package io.millrace.jobs.sources;

import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.IngestedTypeInfo;
import io.millrace.ingest.Position;
import io.millrace.ingest.RecordFormat;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Puts each Kafka record before the guard. Fails only where a policy asks for it. */
final class KafkaRecordReader implements KafkaRecordDeserializationSchema<Ingested> {

  private static final long serialVersionUID = 1L;

  private final Guard.Settings settings;
  private final RecordFormat format;
  private final TopicReading reading;
  private transient Guard guard;
  private transient Counter unknownFields;

  /**
   * @throws IllegalArgumentException if JSON has no form for one of the contract's types
   */
  KafkaRecordReader(Guard.Settings settings, RecordFormat format, TopicReading reading) {
    this.settings = settings;
    this.format = format;
    this.reading = reading;
    this.guard = format.guard(settings, System::currentTimeMillis);
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    guard = format.guard(settings, System::currentTimeMillis);
    if (reading.version() != null) {
      guard.follow(reading.version());
    }
    unknownFields =
        context
            .getMetricGroup()
            .addGroup("source", settings.intake().source())
            .counter("unknownFields");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Ingested> out) {
    Ingested ingested =
        guard.admit(record.value(), record.timestamp(), () -> RecordCoordinates.of(record));
    if (guard.unknownFields() > 0) {
      unknownFields.inc(guard.unknownFields());
    }
    if (reading.settles()) {
      ingested = guard.settle(ingested);
    }
    out.collect(
        reading.positions()
            ? ingested.at(new Position(record.partition(), record.offset()))
            : ingested);
  }

  @Override
  public TypeInformation<Ingested> getProducedType() {
    return new IngestedTypeInfo(settings.intake().rowType());
  }
}
