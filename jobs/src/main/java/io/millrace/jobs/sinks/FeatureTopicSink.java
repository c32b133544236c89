package io.millrace.jobs.sinks;

import io.millrace.online.FeatureJson;
import io.millrace.pipeline.Topics;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A view's vectors as an upsert changelog in Kafka, see {@link FeatureJson}. The records of one
 * entity are in one partition, in the order of the vectors.
 *
 * <p>Record timestamps are those of writing, not of the event: brokers delete by them (the event
 * times of a replay are long past) and refuse those of the future. The event time is in the value.
 */
public final class FeatureTopicSink {

  /**
   * How long a transaction may stay open: the longest a broker allows unless told otherwise. A job
   * that is down for longer than this minus a checkpoint's interval loses what it had written but
   * not committed, which is then written again from the last checkpoint.
   */
  static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

  private FeatureTopicSink() {}

  /** The sink of one view. */
  public static KafkaSink<FeatureVector> of(String pipeline, Topics topics, FeatureSchema schema) {
    Properties producer = new Properties();
    producer.put(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Long.toString(TRANSACTION_TIMEOUT.toMillis()));
    producer.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    topics.properties().forEach((name, value) -> producer.put(name, value.value()));
    return KafkaSink.<FeatureVector>builder()
        .setBootstrapServers(topics.bootstrapServers())
        .setKafkaProducerConfig(producer)
        .setDeliveryGuarantee(
            switch (topics.delivery()) {
              case EXACTLY_ONCE -> DeliveryGuarantee.EXACTLY_ONCE;
              case AT_LEAST_ONCE -> DeliveryGuarantee.AT_LEAST_ONCE;
            })
        .setTransactionalIdPrefix("millrace-" + pipeline + "-" + schema.view())
        .setRecordSerializer(
            new Serializer(topics.features(schema.view()), new FeatureJson(schema)))
        .build();
  }

  /** One record per vector. */
  record Serializer(String topic, FeatureJson json)
      implements KafkaRecordSerializationSchema<FeatureVector> {
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        FeatureVector vector, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, json.key(vector), json.value(vector));
    }
  }
}
