package io.millrace.sql.catalog;

import io.millrace.pipeline.Secret;
import java.util.LinkedHashMap;
import java.util.Map;

/** Options of Kafka's connector that all tables of topics have. */
final class KafkaOptions {
  private KafkaOptions() {}

  /**
   * Reads committed records only; a query has no consumer group of its own and commits nothing.
   *
   * @param properties of the client; may hold secrets
   */
  static Map<String, String> of(
      String bootstrapServers, String topic, Map<String, Secret> properties) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("properties.isolation.level", "read_committed");
    properties.forEach((name, value) -> options.put("properties." + name, value.value()));
    options.put("properties.bootstrap.servers", bootstrapServers);
    options.put("properties.commit.offsets.on.checkpoint", "false");
    options.put("topic", topic);
    return options;
  }
}
