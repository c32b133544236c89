package io.millrace.jobs.sinks;

import io.millrace.pipeline.Topics;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Messages that come now and then, from a command. */
final class OneMessage {
  private static final int TIMEOUT_MILLIS = 20_000;

  private OneMessage() {}

  /**
   * Sends one message and waits until Kafka has it.
   *
   * @param topic one of {@code topics}
   * @param what the message is called when it is not taken
   * @throws IOException if Kafka does not take it within 20 s
   */
  static void send(Topics topics, String topic, byte[] key, byte[] message, String what)
      throws IOException, InterruptedException {
    Map<String, Object> client = KafkaClient.of(topics);
    client.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
    client.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    client.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
    client.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, key, message)).get();
    } catch (ExecutionException | KafkaException failure) {
      Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
      throw new IOException(
          "topic %s at %s does not take the %s: %s"
              .formatted(topic, topics.bootstrapServers(), what, KafkaClient.words(cause)),
          cause);
    }
  }
}
