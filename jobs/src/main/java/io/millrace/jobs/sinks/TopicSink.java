package io.millrace.jobs.sinks;

import io.millrace.pipeline.Topics;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/** What the sinks to Millrace's own topics have in common: client, delivery and transactions. */
final class TopicSink {

  /**
   * How long a transaction may stay open: the longest a broker allows unless told otherwise ({@code
   * transaction.max.timeout.ms}). A job that is down for longer than this minus a checkpoint's
   * interval loses what it had written but not committed, which is then written again from the last
   * checkpoint.
   */
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

  private TopicSink() {}

  /**
   * @param transactionalIdPrefix unique among all sinks that write to the same brokers
   */
  static <T> KafkaSink<T> of(
      Topics topics, String transactionalIdPrefix, KafkaRecordSerializationSchema<T> serializer) {
    Properties producer = new Properties();
    producer.put(
        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Long.toString(TRANSACTION_TIMEOUT.toMillis()));
    producer.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    topics.properties().forEach((name, value) -> producer.put(name, value.value()));
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(producer)
        .setBootstrapServers(topics.bootstrapServers())
        .setDeliveryGuarantee(
            switch (topics.delivery()) {
              case EXACTLY_ONCE -> DeliveryGuarantee.EXACTLY_ONCE;
              case AT_LEAST_ONCE -> DeliveryGuarantee.AT_LEAST_ONCE;
            })
        .setTransactionalIdPrefix(transactionalIdPrefix)
        .setRecordSerializer(serializer)
        .build();
  }
}
