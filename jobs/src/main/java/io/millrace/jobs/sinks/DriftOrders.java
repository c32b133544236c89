package io.millrace.jobs.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.Topics;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftJson;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends orders to the drift monitors of running jobs. */
public final class DriftOrders {
  private static final int TIMEOUT_MILLIS = 10_000;

  private DriftOrders() {}

  /**
   * @throws IOException if Kafka does not take it within 10 s
   */
  public static void send(Topics topics, DriftControl order)
      throws IOException, InterruptedException {
    Map<String, Object> client = new HashMap<>();
    topics.properties().forEach((name, value) -> client.put(name, value.value()));
    client.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, topics.bootstrapServers());
    client.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS);
    client.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    client.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2);
    client.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  topics.control(), order.monitor().getBytes(UTF_8), DriftJson.encode(order)))
          .get();
    } catch (ExecutionException | KafkaException failure) {
      Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
      throw new IOException(
          "topic %s at %s does not take the order: %s"
              .formatted(topics.control(), topics.bootstrapServers(), cause.getMessage()),
          cause);
    }
  }
}
