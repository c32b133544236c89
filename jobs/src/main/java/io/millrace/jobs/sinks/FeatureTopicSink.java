package io.millrace.jobs.sinks;

import io.millrace.online.FeatureJson;
import io.millrace.pipeline.Topics;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A view's vectors as an upsert changelog in Kafka, see {@link FeatureJson}. The records of one
 * entity are in one partition, in the order of the vectors.
 *
 * <p>Record timestamps are those of writing, not of the event: brokers delete by them (the event
 * times of a replay are long past) and refuse those of the future. The event time is in the value.
 */
public final class FeatureTopicSink {

  private FeatureTopicSink() {}

  /** The sink of one view. */
  public static KafkaSink<FeatureVector> of(String pipeline, Topics topics, FeatureSchema schema) {
    return TopicSink.of(
        topics,
        "millrace-" + pipeline + "-" + schema.view(),
        new Serializer(topics.features(schema.view()), new FeatureJson(schema)));
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
