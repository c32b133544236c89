package io.millrace.jobs.sources;

import io.millrace.ingest.Decoding;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.IngestedTypeInfo;
import io.millrace.ingest.Intake;
import io.millrace.ingest.JsonRowDecoder;
import io.millrace.records.DeadLetter;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes of each Kafka record one row or one dead letter. Never fails. */
final class KafkaRecordReader implements KafkaRecordDeserializationSchema<Ingested> {

  private static final long serialVersionUID = 1L;

  private final Intake.Settings settings;
  private transient JsonRowDecoder decoder;
  private transient Intake intake;
  private transient Counter unknownFields;

  /**
   * @throws IllegalArgumentException if JSON has no form for one of the contract's types
   */
  KafkaRecordReader(Intake.Settings settings) {
    this.settings = settings;
    this.decoder = new JsonRowDecoder(settings.rowType());
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new JsonRowDecoder(settings.rowType());
    intake = new Intake(settings, System::currentTimeMillis);
    unknownFields =
        context.getMetricGroup().addGroup("source", settings.source()).counter("unknownFields");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Ingested> out) {
    Decoding decoding = decoder.decode(record.value());
    if (decoding instanceof Decoding.Row row && row.unknownFields() > 0) {
      unknownFields.inc(row.unknownFields());
    }
    out.collect(
        intake.accept(
            decoding,
            record.timestamp(),
            () ->
                DeadLetter.Coordinates.kafka(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    record.key(),
                    RecordHeaders.of(record)),
            record::value));
  }

  @Override
  public TypeInformation<Ingested> getProducedType() {
    return new IngestedTypeInfo(settings.rowType());
  }
}
