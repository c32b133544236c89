package io.millrace.jobs.sources;

import io.millrace.formats.DebeziumGuard;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.IngestedTypeInfo;
import io.millrace.ingest.Position;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes the rows of a table's changes of Debezium's events on a topic. */
final class DebeziumRecordReader implements KafkaRecordDeserializationSchema<Ingested> {

  private static final long serialVersionUID = 1L;

  private final Guard.Settings settings;
  private final TopicReading reading;
  private transient DebeziumGuard changes;

  /**
   * @param reading of which only {@code positions} makes a difference: changes are settled at once,
   *     by the contract file
   * @throws IllegalArgumentException if JSON has no form for one of the contract's types
   */
  DebeziumRecordReader(Guard.Settings settings, TopicReading reading) {
    this.settings = settings;
    this.reading = reading;
    this.changes = new DebeziumGuard(settings, System::currentTimeMillis);
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    changes = new DebeziumGuard(settings, System::currentTimeMillis);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Ingested> out) {
    for (Ingested ingested :
        changes.admit(record.value(), record.timestamp(), () -> RecordCoordinates.of(record))) {
      out.collect(
          reading.positions()
              ? ingested.at(new Position(record.partition(), record.offset()))
              : ingested);
    }
  }

  @Override
  public TypeInformation<Ingested> getProducedType() {
    return new IngestedTypeInfo(settings.intake().rowType());
  }
}
