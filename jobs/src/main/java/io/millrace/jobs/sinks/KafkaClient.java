package io.millrace.jobs.sinks;

import io.millrace.pipeline.Secret;
import io.millrace.pipeline.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/** What every client of a Kafka is configured with: where it is, and the user's properties. */
public final class KafkaClient {
  private KafkaClient() {}

  /** Of the Kafka that the pipeline's own topics are in. */
  public static Map<String, Object> of(Topics topics) {
    return of(topics.bootstrapServers(), topics.properties());
  }

  /** A map to be added to; what is added holds against the user's properties. */
  public static Map<String, Object> of(String bootstrapServers, Map<String, Secret> properties) {
    Map<String, Object> client = new HashMap<>();
    properties.forEach((name, secret) -> client.put(name, secret.value()));
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return client;
  }
}
